import type { ComponentProps, ReactNode } from 'react';
import { classNames } from './class-names.ts';
import styles from './button.module.css';
import { Tip } from './tip.tsx';

interface ButtonProps extends Omit<ComponentProps<'button'>, 'title'> {
  readonly look?: 'plain' | 'primary' | 'danger' | 'quiet';
  readonly icon?: ReactNode;
  /** Shown on hover and focus, with the keys that do the same. */
  readonly tip?: string;
  readonly keys?: string;
}

export function Button({ look = 'plain', icon, tip, keys, className, children, ...rest }: ButtonProps): ReactNode {
  const button = (
    <button type="button" {...rest} className={classNames(styles.button, styles[look], className)}>
      {icon}
      {children}
    </button>
  );
  return tip === undefined && keys === undefined ? (
    button
  ) : (
    <Tip text={tip} keys={keys}>
      {button}
    </Tip>
  );
}

interface IconButtonProps extends Omit<ButtonProps, 'icon' | 'children'> {
  /** What it does: the accessible name, and the tip. */
  readonly label: string;
  readonly children: ReactNode;
}

export function IconButton({ label, children, className, look = 'quiet', ...rest }: IconButtonProps): ReactNode {
  return (
    <Button look={look} tip={label} {...rest} aria-label={label} className={classNames(styles.square, className)}>
      {children}
    </Button>
  );
}
