import { randomInt } from 'node:crypto';

/** Lowest and highest port an agent is given. */
export const AGENT_PORT_RANGE = { min: 8000, max: 65_535 } as const;

/**
 * Ports an agent is never given: Kubernetes' NodePorts, and what Linux hands out to outgoing
 * connections by default (ip_local_port_range), where a connection could hold the port just when the
 * agent restarts.
 */
const RANGES: readonly (readonly [from: number, to: number])[] = [
  [30_000, 32_767],
  [32_768, 60_999],
  // Often used together: Prometheus exporters, Kafka and Kubernetes components.
  [9_090, 9_130],
  [10_248, 10_259],
];

/** Ports above 8000 at which administrators expect other programs (IANA's registry and common use). */
const WELL_KNOWN = new Set([
  ...[8000, 8001, 8005, 8006, 8008, 8009, 8010, 8042, 8065, 8069, 8080, 8081, 8082, 8083, 8085],
  ...[8086, 8087, 8088, 8089, 8090, 8091, 8096, 8111, 8112, 8118, 8123, 8125, 8126, 8140, 8153],
  ...[8161, 8172, 8180, 8181, 8188, 8200, 8201, 8222, 8243, 8280, 8291, 8300, 8301, 8302, 8333],
  ...[8384, 8388, 8400, 8443, 8444, 8448, 8472, 8500, 8501, 8502, 8545, 8554, 8581, 8600, 8649],
  ...[8686, 8728, 8729, 8761, 8765, 8787, 8800, 8812, 8834, 8843, 8880, 8883, 8884, 8886, 8888],
  ...[8889, 8920, 8971, 8983, 8989, 9000, 9001, 9002, 9003, 9009, 9011, 9042, 9043, 9050, 9051],
  ...[9060, 9080, 9081, 9083, 9092, 9160, 9187, 9191, 9200, 9201, 9292, 9300, 9306, 9312, 9389],
  ...[9390, 9392, 9411, 9418, 9443, 9444, 9500, 9527, 9600, 9615, 9696, 9864, 9870, 9876, 9981],
  ...[9987, 9990, 9993, 9997, 9999, 10000, 10001, 10050, 10051, 10080, 10101, 10110, 10113, 10250],
  ...[10911, 11111, 11211, 11434, 12201, 12345, 13306, 13377, 15000, 15432, 15671, 15672, 15692],
  ...[16379, 16443, 16686, 17000, 18080, 18081, 18083, 19132, 19133, 19999, 20000, 20880, 21025],
  ...[22000, 22067, 23231, 24224, 24800, 25565, 25575, 25672, 25826, 26257, 26379, 26656, 27015],
  ...[27017, 27018, 27019, 28015, 28017, 28080, 29418, 29815, 61208, 61613, 61614, 61616, 62078],
  ...[64738, 65432],
]);

/** True when an agent may be given this port. */
export function isAgentPort(port: number): boolean {
  if (port < AGENT_PORT_RANGE.min || port > AGENT_PORT_RANGE.max) return false;
  if (WELL_KNOWN.has(port)) return false;
  return !RANGES.some(([from, to]) => port >= from && port <= to);
}

const CANDIDATES: readonly number[] = Array.from(
  { length: AGENT_PORT_RANGE.max - AGENT_PORT_RANGE.min + 1 },
  (_unused, index) => AGENT_PORT_RANGE.min + index,
).filter(isAgentPort);

/** A random port that is not `taken`, or undefined when there is none left. */
export function randomAgentPort(taken: ReadonlySet<number>): number | undefined {
  const free = taken.size === 0 ? CANDIDATES : CANDIDATES.filter((port) => !taken.has(port));
  return free.length === 0 ? undefined : free[randomInt(free.length)];
}
