export default async () => 'called';
