// A small assembler for classic BPF as seccomp uses it: eight bytes an instruction, little-endian
// (struct sock_filter in linux/filter.h), forward jumps of at most 255 instructions.

export interface Instruction {
  readonly code: number;
  readonly jumpTrue: number;
  readonly jumpFalse: number;
  readonly operand: number;
}

const loadWord = 0x20; // BPF_LD | BPF_W | BPF_ABS
const andConstant = 0x54; // BPF_ALU | BPF_AND | BPF_K
const jumpIfEqual = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
const jumpIfGreater = 0x25; // BPF_JMP | BPF_JGT | BPF_K
const returnConstant = 0x06; // BPF_RET | BPF_K

/** The kernel refuses longer programs (BPF_MAXINSNS). */
const instructionsMax = 4096;

const straight = (code: number, operand: number): Instruction => ({
  code,
  operand: operand >>> 0,
  jumpTrue: 0,
  jumpFalse: 0,
});

function jump(
  code: number,
  operand: number,
  targets: { readonly jumpTrue: number; readonly jumpFalse: number },
): Instruction {
  const furthest = Math.max(targets.jumpTrue, targets.jumpFalse);
  if (furthest > 255) throw new RangeError(`a BPF jump of ${furthest} is too far`);
  return { code, operand: operand >>> 0, ...targets };
}

export const load = (offset: number): Instruction => straight(loadWord, offset);
export const and = (mask: number): Instruction => straight(andConstant, mask);
export const ifEqual = (value: number, jumpTrue: number, jumpFalse: number): Instruction =>
  jump(jumpIfEqual, value, { jumpTrue, jumpFalse });
export const ifGreater = (value: number, jumpTrue: number, jumpFalse: number): Instruction =>
  jump(jumpIfGreater, value, { jumpTrue, jumpFalse });
export const give = (verdict: number): Instruction => straight(returnConstant, verdict);

export function assemble(program: readonly Instruction[]): Uint8Array {
  if (program.length > instructionsMax)
    throw new RangeError(`a BPF program of ${program.length} instructions is too long`);
  const bytes = new Uint8Array(program.length * 8);
  const view = new DataView(bytes.buffer);
  program.forEach((item, index) => {
    view.setUint16(index * 8, item.code, true);
    view.setUint8(index * 8 + 2, item.jumpTrue);
    view.setUint8(index * 8 + 3, item.jumpFalse);
    view.setUint32(index * 8 + 4, item.operand, true);
  });
  return bytes;
}
