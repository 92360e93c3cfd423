export { openFilesystemArtifactStore } from './artifact-store.ts';
export { discoverCatalog, hashProjectContent } from './catalog.ts';
export type { CatalogPlaces, DiscoveredCatalog } from './catalog.ts';
export { openFilesystemTrustStore } from './catalog-trust-store.ts';
export { openFilesystemReplyKeeper, replyFolderOf, type FilesystemReplyKeeper } from './reply-keeper.ts';
export { openFilesystemToolPins } from './tool-pins.ts';
export { openLogFolder, writeLogFolder } from './log-folder.ts';
export {
  openTenantFolder,
  listTenantArtifacts,
  removeArtifact,
  type ArtifactFile,
  type TenantFolder,
} from './tenant-folder.ts';
