import { plans } from './plan';
import { declareTrials } from './trial';

const number = (name: string) => {
  const value = Number(process.env[name]);
  if (!Number.isInteger(value) || value < 0) throw new Error(`${name} is no number; run the trials by scripts/trials.sh`);
  return value;
};

declareTrials(plans(number('TRIALS_SEED'), number('TRIALS_COUNT'), number('TRIALS_LENGTH_MS')));
