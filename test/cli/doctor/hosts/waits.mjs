// Runs until it is told to end; with an argument, not even then. Starts a process of the same kind, whose id it prints.
import { spawn } from 'node:child_process';

if (process.argv[2] === 'child') {
  setInterval(() => {}, 1000);
} else {
  const child = spawn(process.execPath, [process.argv[1], 'child'], { stdio: 'inherit' });
  console.log(`child ${child.pid}`);
  if (process.argv[2] === 'stubborn') process.on('SIGTERM', () => {});
  setInterval(() => {}, 1000);
}
