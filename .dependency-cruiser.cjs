/** Dependencies point one way: app -> features -> platform -> agent/protocol. */
const platformRoots = '^backend/src/platform/';
const featureFile = '^backend/src/(?!app/|platform/|cli/|migrations/)([^/]+)/';

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'protocol-imports-only-zod',
      severity: 'error',
      from: { path: '^agent/protocol/src/' },
      to: { pathNot: '^agent/protocol/src/|node_modules/zod/' },
    },
    {
      name: 'agent-and-manager-meet-in-the-protocol',
      severity: 'error',
      from: { path: '^agent/(?!protocol/)' },
      to: { path: '^(backend|frontend|test)/', pathNot: '^test/support/' },
    },
    {
      name: 'manager-knows-the-agent-only-by-its-protocol',
      severity: 'error',
      from: { path: '^backend/src/' },
      to: { path: '^(agent/(?!protocol/)|frontend/)' },
    },
    {
      name: 'platform-knows-no-feature',
      severity: 'error',
      from: { path: platformRoots },
      to: { path: '^backend/src/(?!platform/)' },
    },
    {
      name: 'features-know-no-app',
      severity: 'error',
      from: { path: featureFile },
      to: { path: '^backend/src/(app|cli)/' },
    },
    {
      name: 'features-meet-at-their-index',
      severity: 'error',
      from: { path: featureFile },
      to: { path: featureFile, pathNot: ['^backend/src/$1/', '^backend/src/[^/]+/index\\.ts$'] },
    },
    {
      name: 'nothing-imports-tests',
      severity: 'error',
      from: { path: '^(agent|backend)/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^test/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['myx-source', 'import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
