import { setTimeout as pause } from 'node:timers/promises';

/** What it is given is done later, when the step that gave it is over. */
export class Jobs {
  pending = [];

  findRound(strategy, done) {
    setTimeout(() => done({ id: `of ${strategy}` }), 1);
  }

  put(donation) {
    this.pending.push(
      pause(1).then(() => {
        this.check(donation);
        this.check(donation);
        return this.store(donation);
      }),
    );
  }

  check({ amount }) {
    return amount > 0;
  }

  store(donation) {
    return pause(1, donation);
  }

  static of() {
    return new Jobs();
  }
}

export class Handler {
  async handle({ strategy, amount }, jobs) {
    const round = await new Promise((resolve) => {
      jobs.findRound(strategy, (found) => resolve(jobs.store({ round: found.id, amount })));
    });
    jobs.put(round);
    await Promise.all(jobs.pending);
    // Nobody waits for this one.
    jobs.put(round);
    return round;
  }
}
