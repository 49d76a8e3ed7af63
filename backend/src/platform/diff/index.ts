export { unifiedPatch } from './unified-patch.js';
