export class BaseRepository {
  constructor(db) {
    this.db = db;
  }
}
