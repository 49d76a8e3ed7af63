import presets from 'jest-preset-angular/presets/index.js';

/**
 * Component and logic specs in jsdom, zoneless. Compiled to CommonJS, so that they run without Node
 * flags; packages that ship only ES modules are compiled with them.
 */
export default {
  ...presets.createCjsPreset({ tsconfig: '<rootDir>/tsconfig.spec.json' }),
  displayName: 'frontend',
  testMatch: ['<rootDir>/src/**/*.spec.ts'],
  // The first test of a file compiles its templates, beside other files and sometimes without a cache.
  testTimeout: 60_000,
  setupFilesAfterEnv: ['<rootDir>/src/testing/setup.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  moduleNameMapper: { '^lucide$': 'lucide/dist/cjs/lucide.js' },
  transformIgnorePatterns: ['/node_modules/(?!.*\\.mjs$)'],
};
