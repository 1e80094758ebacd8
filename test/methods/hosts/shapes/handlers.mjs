import { register } from './registry.mjs';

register('Allocated', async () => 'allocated');
