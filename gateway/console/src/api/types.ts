// The messages of proto/ as JSON, as far as the console reads them. Integers of 64 bits are text there.
import type { DateParts } from '../format/show';
import type { Money } from '../format/exact';

export const stages = ['TARGET', 'LEAD', 'OPPORTUNITY', 'ORDER', 'REPURCHASE'] as const;
export type Stage = (typeof stages)[number] | 'LOST' | 'DORMANT' | 'STAGE_UNSPECIFIED';
export type Department = 'DEPARTMENT_UNSPECIFIED' | 'MARKETING' | 'SALES' | 'SERVICE' | 'CUSTOMER_SERVICE';
export const tiers = ['TOP', 'BIG', 'MEDIUM', 'SMALL', 'INACTIVE'] as const;
export type Tier = (typeof tiers)[number] | 'TIER_UNSPECIFIED';

export type Role = 'ROLE_UNSPECIFIED' | 'REPRESENTATIVE' | 'MANAGER' | 'ANALYST' | 'ADMINISTRATOR' | 'SERVICE';
export interface Account {
  subject: string;
  role: Role;
  department?: Department;
  teams?: string[];
}

export interface ContactPoint {
  kind: 'KIND_UNSPECIFIED' | 'EMAIL' | 'PHONE' | 'WEB' | 'MESSENGER';
  value: string;
  label: string;
}
export interface Address {
  label: string;
  regionCode: string;
  postalCode: string;
  locality: string;
  lines: string;
}
export interface ExternalId {
  system: string;
  id: string;
}
export interface Customer {
  name: string;
  displayName: string;
  type: 'TYPE_UNSPECIFIED' | 'ORGANIZATION' | 'PERSON';
  registrationNumber: string;
  industry: string;
  employeeCount: string;
  annualRevenue?: Money | null;
  foundedYear: number;
  source: string;
  addresses: Address[];
  contactPoints: ContactPoint[];
  parent: string;
  tags: string[];
  externalIds: ExternalId[];
  owner: string;
  team: string;
  createTime: string;
  updateTime: string;
  etag: string;
}
export interface Contact {
  name: string;
  displayName: string;
  jobTitle: string;
  buyingRole: string;
  contactPoints: ContactPoint[];
  etag: string;
}
export interface Need {
  name: string;
  description: string;
  productInterest: string;
  quantity: string;
  budget?: Money | null;
  decisionDate?: DateParts | null;
  urgency: string;
  state: string;
  createTime: string;
  etag: string;
}
export interface Interaction {
  name: string;
  channel: string;
  direction: string;
  eventTime: string;
  subject: string;
  outcome: string;
  state: string;
  representative: string;
  etag: string;
}
export interface Team {
  name: string;
  displayName: string;
  parent: string;
}
export interface Representative {
  name: string;
  displayName: string;
  department: Department;
  team: string;
  manager: boolean;
  state?: string;
}

export interface TargetMarket {
  name: string;
  displayName: string;
  description: string;
  filter: string;
  estimatedSize: string;
  memberCount: string;
  coverage: number;
  computing: boolean;
  etag: string;
}

export interface MissingItem {
  requirement: string;
  description: string;
  supplier: Department;
  share: number;
}
export interface Completeness {
  customer: string;
  stage: Stage;
  share: number;
  missingItems: MissingItem[];
}

export interface Journey {
  name: string;
  stage: Stage;
  furthestStage: Stage;
  stageTime: string;
  department: Department;
  lostFromStage: Stage;
  etag: string;
}
export interface Transition {
  name: string;
  direction: string;
  fromStage: Stage;
  toStage: Stage;
  reason: string;
  actor: string;
  cause: string;
  eventTime: string;
}
export interface TransitionCheck {
  fromStage: Stage;
  toStage: Stage;
  direction: string;
  allowed: boolean;
  reasonRequired: boolean;
  refusal: string;
  missingItems: MissingItem[];
  completenessShare: number;
}

export interface StageRow {
  stage: Stage;
  reachedCount: string;
  currentCount: string;
  lostCount: string;
  conversion: number;
  recycledCount?: string;
}
export interface Funnel {
  stages: StageRow[];
  customerCount: string;
  lostCount: string;
  dormantCount: string;
  recycledCount: string;
}

export interface FunnelCustomer {
  customer: string;
  displayName: string;
  owner: string;
  stage: Stage;
  furthestStage: Stage;
  stageTime: string;
}

export const steps = ['PROSPECTING', 'QUALIFICATION', 'PROPOSAL', 'NEGOTIATION', 'WON', 'LOST'] as const;
export type Step = (typeof steps)[number] | 'STEP_UNSPECIFIED';
export interface Opportunity {
  name: string;
  customer: string;
  displayName: string;
  owner: string;
  product: string;
  step: Step;
  probabilityPercent: number;
  amount?: Money | null;
  openTime: string;
  expectedCloseDate?: DateParts | null;
  closeTime?: string;
  lostReason: string;
  lostNote: string;
  forecastCategory: string;
  order: string;
  etag: string;
}
export interface OrderLine {
  product: string;
  description: string;
  quantity: string;
  amount: Money;
  unitCost?: Money | null;
  returnedQuantity?: string;
}
export interface Order {
  name: string;
  customer: string;
  opportunity: string;
  lines: OrderLine[];
  orderTime: string;
  dueDate?: DateParts | null;
  total: Money;
  baseTotal: Money;
  baseCost: Money;
  paid: Money;
  state: 'STATE_UNSPECIFIED' | 'PLACED' | 'PAID' | 'CANCELLED';
  externalId?: ExternalId | null;
  returned?: Money | null;
  cancelReason?: string;
  etag: string;
}
export interface Payment {
  name: string;
  amount: Money;
  payTime: string;
}
export interface Product {
  name: string;
  displayName: string;
  series: string;
  listPrice?: Money | null;
  deliveryModel: string;
}

export type Factor = 'SALES_CONTRIBUTION' | 'SALES_EXPECTATION' | 'CREDIT' | 'PROFIT_CONTRIBUTION' | 'DEMONSTRATION_EFFECT';
export interface FactorScore {
  factor: Factor;
  scoreMicros: string;
  weightMicros: string;
  contributionMicros: string;
  rawMicros: string;
  explanation: string;
}
export interface Score {
  name: string;
  scoreMicros: string;
  baselineMicros: string;
  tier: Tier;
  factors: FactorScore[];
  scoringModel: string;
  asOfTime: string;
  revenue?: Money | null;
  profit?: Money | null;
  aliveMicros?: string;
  valueAtRisk?: Money | null;
  pendingTier?: Tier;
}
export interface TierRow {
  tier: Tier;
  customerCount: string;
  revenue: Money;
  profit: Money;
  revenueShare: number;
  profitShare?: number;
  customerShare?: number;
  lowestScoreMicros: string;
  highestScoreMicros: string;
}
export interface Concentration {
  gini: number;
  whaleCurve: { customerShare: number; valueShare: number }[];
}
export interface Pyramid {
  tiers: TierRow[];
  customerCount: string;
  revenue: Money;
  profit: Money;
  scoringModel: string;
  asOfTime: string;
  revenueConcentration?: Concentration | null;
  profitConcentration?: Concentration | null;
  valueAtRisk?: Money | null;
}
export interface ScoringModel {
  name: string;
  displayName?: string;
  version: string;
  weights: { factor: Factor; weightMicros: string }[];
  horizonDays: number;
  tierShareMicros: string[];
  referenceSize: string;
  publishTime?: string | null;
  state: string;
  baseCurrencyCode: string;
  asOfTime?: string | null;
}
export interface FollowUp {
  name: string;
  customer: string;
  kind: string;
  cause: string;
  why: string;
  dueTime: string;
  owner: string;
  addressee: string;
  state: string;
  snoozeUntil?: string | null;
  note: string;
  etag: string;
}

// The last part of `customers/01J…`.
export const idOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1);
