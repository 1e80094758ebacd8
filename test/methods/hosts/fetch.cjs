class Source {
  batches = [
    [
      { block: 1, round: '7', amount: '5' },
      { block: 2, round: '8', amount: 'none' },
    ],
    [{ block: 3, round: '9', amount: '6' }],
    [],
  ];

  take() {
    return this.batches.shift();
  }
}

exports.Source = Source;
exports.describe = ({ stored, by, secret }) => `${stored} for ${by}, ${secret}`;
