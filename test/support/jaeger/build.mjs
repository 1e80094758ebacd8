// Builds the pinned Jaeger into the user's cache folder, once, and prints where it is.
import { buildJaeger, findCachedJaeger } from './binary.mjs';

if (!(await findCachedJaeger())) {
  console.error('jaeger: building from the pinned Go module; the first time takes some minutes');
}
console.log(await buildJaeger());
