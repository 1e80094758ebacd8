#!/usr/bin/env node
// Makes samples/ anew: node test/support/make-samples.mjs
import { rmSync } from 'node:fs';
import { makeAlloEvents } from './allo-events.mjs';
import { writeFiles } from './envio-mock.mjs';

const folder = new URL('../../samples/', import.meta.url).pathname;
const FIELDS = [
  'Solar',
  'Open',
  'River',
  'Common',
  'Urban',
  'Signal',
  'Meadow',
  'Civic',
  'Harbour',
  'Lantern',
];
const THINGS = [
  'Maps',
  'Library',
  'Clinic',
  'Garden',
  'Radio',
  'Kitchen',
  'Archive',
  'Workshop',
  'Compiler',
  'Choir',
];
const title = (offset) => (index) => {
  const at = offset + index;
  return `${FIELDS[at % FIELDS.length]} ${THINGS[(at * 7 + Math.floor(at / 10)) % THINGS.length]}`;
};

const made = makeAlloEvents({
  seed: 27,
  donors: 420,
  perBlock: 3,
  secondsPerBlock: 1000,
  chains: [
    {
      chainId: 42161,
      firstBlock: 260_104_331,
      startSeconds: 1_728_000_000,
      rounds: [
        {
          id: 27,
          name: 'Community Infrastructure',
          applications: 24,
          donations: 940,
          tokens: ['ETH', 'USDC', 'ARB'],
          title: title(0),
        },
        {
          id: 31,
          name: 'Student Projects',
          applications: 9,
          donations: 160,
          tokens: ['ETH', 'USDC'],
          title: title(31),
        },
      ],
    },
    {
      chainId: 10,
      firstBlock: 126_200_017,
      startSeconds: 1_728_003_600,
      rounds: [
        {
          id: 12,
          name: 'Open Source Libraries',
          applications: 14,
          donations: 400,
          tokens: ['ETH', 'USDC', 'DAI'],
          matchToken: 'DAI',
          title: title(57),
        },
      ],
    },
  ],
});
rmSync(`${folder}ipfs`, { recursive: true, force: true });
writeFiles(folder, made);
