export class EventsFetcher {
  constructor(client) {
    this.client = client;
  }

  async fetchEventsByBlockNumberAndLogIndex(params) {
    return this.client.getEvents(params);
  }
}
