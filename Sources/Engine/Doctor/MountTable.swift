/// What is mounted where, as Linux lists it.
package struct MountTable {
  private let mounts: [(place: String, kind: String)]

  /// Network file systems by their kind in the table.
  private static let networked: Set<String> = [
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "glusterfs", "fuse.glusterfs",
    "fuse.sshfs", "fuse.s3fs", "fuse.rclone", "afs", "lustre",
  ]

  /// Reads `/proc/mounts`: device, place, kind and more in each line, blanks written as `\\040`.
  package init(_ text: String) {
    mounts = text.split(separator: "\n").compactMap { line -> (place: String, kind: String)? in
      let parts = line.split(separator: " ")
      guard parts.count > 2 else { return nil }
      return (String(parts[1]).replacing("\\040", with: " "), String(parts[2]))
    }
  }

  /// The kind of the network file system that holds an absolute path; nil for any other.
  package func networkFileSystem(holding path: String) -> String? {
    let holder =
      mounts.reversed().filter { mount in
        let place = mount.place == "/" ? "/" : mount.place + "/"
        return (path + "/").hasPrefix(place)
      }.max { $0.place.count < $1.place.count }
    return holder.flatMap { Self.networked.contains($0.kind) ? $0.kind : nil }
  }
}
