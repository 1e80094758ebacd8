import { Hash } from './barrel.mjs';
import Frozen from './frozen.mjs';
import * as live from './live.mjs';
import { open, opened, pool, Store } from './live.mjs';
import { Registry } from './registry.mjs';
import Kept from './store.mjs';
import Unnamed from './unnamed-class.mjs';
import call from './unnamed-function.mjs';

open();
open();
console.log(pool, live.pool, opened, await new Store().find(), await new Registry().dispatch('Allocated'));
console.log(
  await new Kept().keep(),
  await new Unnamed().count(),
  call.name,
  await call(),
  await new Hash().of(),
);
console.log(await new Frozen().isFrozen());
