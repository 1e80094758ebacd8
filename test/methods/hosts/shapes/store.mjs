class Kept {
  async keep() {
    return 'kept';
  }
}
export default Kept;
