import { mailboxTable, messageTable, subscriptionTable, topicTable } from '@chorale/module-messaging';
import { RowShape } from './row-shape.ts';

export const messageShape = new RowShape(messageTable);
export const mailboxShape = new RowShape(mailboxTable);
export const subscriptionShape = new RowShape(subscriptionTable);
export const topicShape = new RowShape(topicTable);
