/**
 * Repairs an agent over SSH without being asked. Bound by the application to the feature that installs
 * agents; this feature only decides when.
 */
export abstract class AutoRepair {
  /**
   * Asks for a repair of the server's agent. Answers false when none was started, for example because
   * another operation on the server runs, or it cannot be reached by SSH.
   */
  abstract request(serverId: string): Promise<boolean>;
}
