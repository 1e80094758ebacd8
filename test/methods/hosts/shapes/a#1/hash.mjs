export class Hash {
  async of() {
    return 'hashed';
  }
}
