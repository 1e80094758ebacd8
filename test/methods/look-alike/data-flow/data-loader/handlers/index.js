export const createHandlers = ({ donations, rounds, applications, events }) => ({
  InsertDonation: async ({ args }, tx) => donations.insertDonation(args.donation, tx),
  InsertManyDonations: async ({ args }, tx) => donations.insertManyDonations(args.donations, tx),
  UpdateApplication: async ({ args }, tx) =>
    applications.updateApplication({ ...args, id: args.applicationId }, args.application, tx),
  IncrementRoundDonationStats: async ({ args }, tx) =>
    rounds.incrementRoundDonationStats(args, args.amountInUsd, tx),
  IncrementApplicationDonationStats: async ({ args }, tx) =>
    applications.incrementApplicationDonationStats({ ...args, id: args.applicationId }, args.amountInUsd, tx),
  InsertProcessedEvent: async ({ args }, tx) =>
    events.saveLastProcessedEvent(args.chainId, args.processedEvent, tx),
});
