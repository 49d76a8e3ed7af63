import { registerHooks } from 'node:module';

/**
 * Lets a plain Node process run the manager's sources: they import their neighbours by the names of the
 * compiled files. Load with `node --import`.
 */
registerHooks({
  resolve(specifier, context, nextResolve) {
    const fromSource = context.parentURL?.endsWith('.ts') === true;
    return fromSource && specifier.startsWith('.') && specifier.endsWith('.js')
      ? nextResolve(specifier.replace(/js$/, 'ts'), context)
      : nextResolve(specifier, context);
  },
});
