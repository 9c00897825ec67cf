import { plans } from '../trials/plan';
import { declareTrials } from '../trials/trial';

// One trial of every fault and a sixth; a host who is gone stays away, is stopped by hand and returns. The same every time;
// `make trials` does a hundred others, longer ones.
declareTrials(plans(13, 6, 8_000));
