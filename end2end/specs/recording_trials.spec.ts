import { plans } from '../trials/plan';
import { declareTrials } from '../trials/trial';

// One trial of every fault and one by chance, the same ones every time. `make trials` does a hundred, longer ones.
declareTrials(plans(2, 6, 8_000));
