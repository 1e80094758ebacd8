// Preloaded, it prints at the end how many fields a promise has that the application did not put there.
process.on('exit', () => {
  console.log(`promise fields: ${Reflect.ownKeys(Promise.resolve()).length}`);
});
