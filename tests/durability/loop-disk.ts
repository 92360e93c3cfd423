// A disk that a test owns: an ext4 file system in a file, mounted through a loop device.

import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Fails, with what helps, where this process may not mount a loop device. */
export function requireLoopDisks(): void {
  try {
    const disk = LoopDisk.create(16);
    disk.remove();
  } catch (cause) {
    throw new Error(
      `This test needs a disk of its own, which cannot be made: ${String(cause)}
It needs Linux, root and loop devices: run "sudo npm test", in a container "docker run --privileged".
The programs come with: apt-get install e2fsprogs mount perl-base`,
      { cause },
    );
  }
}

export class LoopDisk {
  readonly #folder: string;
  #image: string;
  readonly root: string;
  #mounted = false;
  #replaced = 0;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#image = join(folder, 'disk.img');
    this.root = join(folder, 'disk');
    mkdirSync(this.root);
  }

  static create(sizeMib: number): LoopDisk {
    const disk = new LoopDisk(mkdtempSync(join(tmpdir(), 'chorale-disk-')));
    run('truncate', '-s', `${sizeMib}M`, disk.#image);
    // Not lazily: the kernel would go on writing tables in the background for as long as the test runs. Nothing is kept
    // for root (-m 0): full is full.
    run('mkfs.ext4', '-q', '-F', '-m', '0', '-E', 'lazy_itable_init=0,lazy_journal_init=0', disk.#image);
    try {
      disk.mount();
    } catch (error) {
      disk.remove();
      throw error;
    }
    return disk;
  }

  mount(): void {
    run('mount', '-o', 'loop', this.#image, this.root);
    this.#mounted = true;
  }

  /** As after a power failure: replays the journal, and refuses what would need a person to mend it. */
  check(): void {
    // 1: something was mended that can be mended safely, such as counts of free blocks.
    run({ program: 'e2fsck', codesMax: 1 }, '-p', '-f', this.#image);
  }

  /** What the disk holds now, as a disk of its own; not mounted, not checked. */
  async copy(): Promise<LoopDisk> {
    const copy = new LoopDisk(mkdtempSync(join(tmpdir(), 'chorale-disk-copy-')));
    await this.#copyTo(copy.#image);
    return copy;
  }

  /**
   * Goes on with a copy; not mounted, not checked. A file system that was shut down must not be mounted again, and it
   * stays mounted for as long as a sandbox that was started meanwhile has it in its own list of mounts.
   */
  async replaceByCopy(): Promise<void> {
    const before = this.#image;
    this.#replaced += 1;
    this.#image = join(this.#folder, `disk-${this.#replaced}.img`);
    await this.#copyTo(this.#image, before);
    this.unmount();
    rmSync(before);
  }

  /**
   * Nothing may be written meanwhile: the copy would be of several moments. Whether that held is read from the device's
   * own count of writes.
   */
  async #copyTo(target: string, source = this.#image): Promise<void> {
    const triesMax = 20;
    for (let tries = 0; tries < triesMax; tries++) {
      const before = this.#writes();
      run('cp', '--sparse=always', source, target);
      const after = this.#writes();
      if (before.inFlight === 0 && after.inFlight === 0 && after.done === before.done) return;
      await sleep(20);
    }
    throw new Error(`Something wrote to ${this.root} during each of ${triesMax} copies.`);
  }

  /** See https://docs.kernel.org/block/stat.html */
  #writes(): { readonly done: number; readonly inFlight: number } {
    const device = basename(run('findmnt', '--noheadings', '--output', 'SOURCE', this.root).trim());
    const fields = readFileSync(`/sys/block/${device}/stat`, 'utf8').trim().split(/\s+/).map(Number);
    return { done: fields[4] ?? 0, inFlight: fields[8] ?? 0 };
  }

  /** From now on nothing reaches the disk and every write fails; what was not on it yet is gone. */
  cutPower(): void {
    // EXT4_IOC_SHUTDOWN with NOLOGFLUSH, which file systems' own crash tests use.
    const shutDown =
      'my $how = pack("L", 2); open(my $disk, "<", $ARGV[0]) or die $!; ioctl($disk, 0x8004587D, $how) or die $!;';
    run('perl', '-e', shutDown, this.root);
  }

  get freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.root);
    return bavail * bsize;
  }

  /** Something else takes the space, but for so much. */
  fill(leaveBytes: number): void {
    run('fallocate', '--length', String(this.freeBytes - leaveBytes), join(this.root, 'ballast'));
  }

  /** Takes what is left, which is not quite what the file system says. */
  fillToTheBrim(): void {
    const file = openSync(join(this.root, 'crumbs'), 'a');
    try {
      for (;;) writeSync(file, Buffer.alloc(4096));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      closeSync(file);
    }
  }

  free(): void {
    rmSync(join(this.root, 'ballast'), { force: true });
    rmSync(join(this.root, 'crumbs'), { force: true });
  }

  unmount(): void {
    if (this.#mounted) run('umount', this.root);
    this.#mounted = false;
  }

  remove(): void {
    this.unmount();
    rmSync(this.#folder, { recursive: true });
  }
}

interface Accepting {
  readonly program: string;
  /** The greatest exit code that is no failure. */
  readonly codesMax: number;
}

function run(program: string | Accepting, ...args: readonly string[]): string {
  const { program: name, codesMax } = typeof program === 'string' ? { program, codesMax: 0 } : program;
  try {
    return execFileSync(name, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const { status, stdout } = error as { readonly status: number | null; readonly stdout: string };
    if (status !== null && status <= codesMax) return stdout;
    throw error;
  }
}
