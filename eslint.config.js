import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/** Modules that may be imported only by their adapters, with what to use instead. */
const restrictedImports = [
  { name: 'ssh2', message: 'Use platform/ssh.' },
  { name: 'bullmq', message: 'Use platform/queue.' },
  { name: 'ioredis', message: 'Use platform/queue.' },
  { name: 'node-forge', message: 'Use platform/crypto.' },
  { name: 'undici', message: 'Use platform/agent-client.' },
  { name: 'node:child_process', message: 'Use the transport or the owning adapter.' },
  { name: 'child_process', message: 'Use the transport or the owning adapter.' },
  {
    name: 'node:crypto',
    importNames: ['randomUUIDv7'],
    message: 'Use newRowId of platform/database: its ids keep their order within a millisecond.',
  },
];

const restrictedSyntax = [
  {
    selector: 'Property[key.name="rejectUnauthorized"][value.value=false]',
    message: 'Certificate verification stays on; pin with ca and checkServerIdentity.',
  },
  {
    selector: 'Property[key.name="shell"][value.value=true]',
    message: 'No shell: pass an argument vector.',
  },
  { selector: 'TSEnumDeclaration', message: 'Use a const array or object and a union type.' },
];

/** Restricts imports except for the named modules. */
function restrictImports(...allowed) {
  const paths = restrictedImports.filter(({ name }) => !allowed.includes(name));
  return { 'no-restricted-imports': ['error', { paths }] };
}

export default tseslint.config(
  { ignores: ['**/dist/', '**/node_modules/', 'data/', 'coverage/', 'frontend/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'separate-type-imports' },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/prefer-readonly': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      'no-empty': ['error', { allowEmptyCatch: false }],
      'no-console': 'error',
      'no-restricted-syntax': ['error', ...restrictedSyntax],
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'Only platform/config reads the environment.',
        },
      ],
      ...restrictImports(),
      // Nest and TypeORM declare their option bags as classes without methods.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      'max-lines': ['error', { max: 400 }],
      'max-depth': ['error', 4],
      eqeqeq: 'error',
    },
  },
  {
    files: ['backend/src/platform/ssh/**'],
    rules: restrictImports('ssh2'),
  },
  {
    files: ['backend/src/platform/queue/**'],
    rules: restrictImports('bullmq', 'ioredis', 'node:child_process'),
  },
  {
    files: ['backend/src/platform/crypto/**'],
    rules: restrictImports('node-forge'),
  },
  {
    files: ['backend/src/platform/agent-client/**'],
    rules: restrictImports('undici'),
  },
  {
    files: [
      'backend/src/platform/transport/**',
      'backend/src/platform/database/**',
      'agent/src/**',
      'agent/build/**',
    ],
    rules: restrictImports('node:child_process'),
  },
  {
    files: ['backend/src/platform/config/**', 'backend/src/main.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    // The one place that looks at a certificate before it is trusted: it compares the fingerprint
    // before the first byte is sent.
    files: ['backend/src/platform/agent-client/fetch-certificate.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    // Tests, command lines and build scripts talk to terminals, processes and the environment.
    files: [
      'test/**/*.ts',
      '**/*.spec.ts',
      'agent/build/**/*.ts',
      'backend/src/cli/**/*.ts',
      'backend/bin/**/*.ts',
    ],
    rules: {
      'no-console': 'off',
      'no-restricted-properties': 'off',
      ...restrictImports(...restrictedImports.map(({ name }) => name)),
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', package: 'node:test', name: ['describe', 'it', 'test'] },
          ],
        },
      ],
    },
  },
  {
    files: ['**/*.js', '**/*.cjs'],
    languageOptions: { globals: globals.node },
  },
  prettier,
);
