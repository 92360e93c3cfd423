export interface Turn {
    /** As in `D3:12`. */
    readonly id: string;
    readonly session: number;
    readonly speaker: string;
    readonly text: string;
    readonly occurredAt: number;
}
export interface Question {
    readonly text: string;
    /** 1: its evidence lies in several turns; 2 time, 3 open, 4 one turn, 5 adversarial. */
    readonly category: number;
    /** Ids of turns. */
    readonly evidence: readonly string[];
}
export interface Conversation {
    readonly name: string;
    readonly turns: readonly Turn[];
    /** Those with evidence among the turns. */
    readonly questions: readonly Question[];
}
/** From a file given with --data, or from beside the checkout. */
export declare function readConversations(data: string | undefined): readonly Conversation[];
