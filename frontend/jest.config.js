import presets from 'jest-preset-angular/presets/index.js';

/**
 * Component and logic specs in jsdom, zoneless. Compiled to CommonJS, so that they run without Node
 * flags; packages that ship only ES modules are compiled with them.
 */
export default {
  ...presets.createCjsPreset({ tsconfig: '<rootDir>/tsconfig.spec.json' }),
  displayName: 'frontend',
  testMatch: ['<rootDir>/src/**/*.spec.ts'],
  setupFilesAfterEnv: ['<rootDir>/src/testing/setup.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  moduleNameMapper: { '^lucide$': 'lucide/dist/cjs/lucide.js' },
  transformIgnorePatterns: ['/node_modules/(?!.*\\.mjs$)'],
};
