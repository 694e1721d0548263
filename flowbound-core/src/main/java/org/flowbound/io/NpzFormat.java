package org.flowbound.io;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * NumPy's {@code .npz}: a ZIP archive with one {@code .npy} member for each array, stored or
 * deflated. New archives are stored and carry no time, so that equal arrays give equal files.
 */
final class NpzFormat implements TensorFormat {
  private static final String SUFFIX = ".npy";
  private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  @Override
  public Contents list(InputFile file) throws IOException {
    List<StoredTensor> tensors = new ArrayList<>();
    Map<String, String> unsupported = new LinkedHashMap<>();
    try (ZipFile zip = open(file)) {
      for (ZipEntry member : members(file, zip)) {
        String name = name(member);
        if (!member.getName().endsWith(SUFFIX)) {
          unsupported.put(member.getName(), "is no NumPy array");
          continue;
        }
        NpyHeader header = header(zip, member);
        if (header.layout() == null) {
          unsupported.put(name, header.unsupported());
        } else {
          Shape shape = header.shape();
          tensors.add(
              new StoredTensor(
                  name, shape, header.layout().type(), () -> load(file, member.getName())));
        }
      }
    }
    if (tensors.isEmpty() && unsupported.keySet().stream().anyMatch(n -> n.endsWith("data.pkl"))) {
      throw new MalformedException(
          "is a PyTorch checkpoint: save its state dict with safetensors.torch.save_file");
    }
    return new Contents(tensors, unsupported, Map.of());
  }

  private static ZipFile open(InputFile file) throws IOException {
    try {
      return new ZipFile(file.path().toFile());
    } catch (IllegalArgumentException malformed) {
      throw new MalformedException("is corrupt: a member's name is malformed", malformed);
    }
  }

  /** The members, whose declared sizes the archive's size can bear. */
  private static List<ZipEntry> members(InputFile file, ZipFile zip) throws IOException {
    List<ZipEntry> members = new ArrayList<>();
    Set<String> names = new HashSet<>();
    long compressed = 0;
    Enumeration<? extends ZipEntry> entries = zip.entries();
    while (entries.hasMoreElements()) {
      ZipEntry member = entries.nextElement();
      boolean stored = member.getMethod() == ZipEntry.STORED;
      if (!stored && member.getMethod() != ZipEntry.DEFLATED) {
        throw new MalformedException(
            "has a member compressed by method %d: save it with numpy.savez"
                .formatted(member.getMethod()));
      }
      if (member.getCompressedSize() < 0
          || member.getCompressedSize() > file.size() - compressed
          || member.getSize() < 0
          || (stored
              ? member.getSize() != member.getCompressedSize()
              : member.getSize() > Deflate.maxInflated(member.getCompressedSize()))) {
        throw new MalformedException(
            "is corrupt: the size of its member %s is impossible"
                .formatted(Quotation.of(member.getName())));
      }
      compressed += member.getCompressedSize();
      if (!names.add(member.getName())) {
        throw new MalformedException(
            "holds the member %s more than once".formatted(Quotation.of(member.getName())));
      }
      members.add(member);
      Heap.requireTensors(members.size());
    }
    return members;
  }

  private static String name(ZipEntry member) {
    String name = member.getName();
    return name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
  }

  private static NpyHeader header(ZipFile zip, ZipEntry member) throws IOException {
    try (InputStream in = zip.getInputStream(member)) {
      return NpyHeader.read(in, member.getSize());
    } catch (MalformedException malformed) {
      throw new MalformedException(
          "is unusable: its member %s %s"
              .formatted(Quotation.of(member.getName()), malformed.getMessage()),
          malformed);
    }
  }

  private static double[] load(InputFile file, String memberName) throws IOException {
    return decode(file, memberName, Layout::decode);
  }

  /** Reads the entries of an array one by one. */
  static void forEach(InputFile file, String name, ArrayArchive.Entries entries)
      throws IOException {
    decode(
        file,
        name + SUFFIX,
        (layout, in, shape) -> {
          layout.decode(in, shape, entries);
          return entries;
        });
  }

  /** What becomes of the bytes of an array. */
  @FunctionalInterface
  private interface Decoder<T> {
    T decode(Layout layout, InputStream in, Shape shape) throws IOException;
  }

  private static <T> T decode(InputFile file, String memberName, Decoder<T> decoder)
      throws IOException {
    try (ZipFile zip = open(file)) {
      ZipEntry member = zip.getEntry(memberName);
      if (member == null) {
        throw new MalformedException("changed while it was read");
      }
      try (CheckedInputStream in =
          new CheckedInputStream(zip.getInputStream(member), new CRC32())) {
        NpyHeader header = NpyHeader.read(in, member.getSize());
        T values = decoder.decode(header.requireLayout(), in, header.shape());
        if (in.read() >= 0 || in.getChecksum().getValue() != member.getCrc()) {
          throw new ZipException("the checksum of %s is wrong".formatted(Quotation.of(memberName)));
        }
        return values;
      }
    }
  }

  @Override
  public void write(TensorFile content, OutputStream out) throws IOException {
    content.requireNoMetadata(".npz");
    ZipOutputStream zip = new ZipOutputStream(out);
    for (Tensor tensor : content.tensors()) {
      NpyHeader header = NpyHeader.of(tensor.type(), tensor.shape());
      ZipEntry member = new ZipEntry(tensor.name() + SUFFIX);
      member.setTimeLocal(NO_TIME);
      member.setMethod(ZipEntry.STORED);
      putArray(zip, member, header, tensor);
    }
    zip.finish();
  }

  private static void putArray(
      ZipOutputStream zip, ZipEntry member, NpyHeader header, Tensor tensor) throws IOException {
    if (member.getMethod() == ZipEntry.STORED) {
      // What is stored has its size and checksum in front of it.
      CheckedOutputStream dry =
          new CheckedOutputStream(OutputStream.nullOutputStream(), new CRC32());
      header.write(tensor.sharedValues(), dry);
      member.setSize(header.bytes().length + header.requireLayout().bytes(header.shape()));
      member.setCrc(dry.getChecksum().getValue());
    }
    zip.putNextEntry(member);
    header.write(tensor.sharedValues(), zip);
    zip.closeEntry();
  }

  @Override
  public void replace(InputFile source, Tensor replacement, OutputStream out) throws IOException {
    ZipOutputStream target = new ZipOutputStream(out);
    try (ZipFile zip = open(source)) {
      if (zip.getComment() != null) {
        target.setComment(zip.getComment());
      }
      for (ZipEntry member : members(source, zip)) {
        if (member.getName().equals(replacement.name() + SUFFIX)) {
          ZipEntry replaced = new ZipEntry(member.getName());
          replaced.setTimeLocal(NO_TIME);
          replaced.setMethod(member.getMethod());
          putArray(target, replaced, header(zip, member).replacing(replacement), replacement);
          continue;
        }
        ZipEntry copy = new ZipEntry(member);
        // Deflating again may give another size.
        copy.setCompressedSize(-1);
        target.putNextEntry(copy);
        try (InputStream in = zip.getInputStream(member)) {
          if (in.transferTo(target) != member.getSize()) {
            throw new EOFException();
          }
        }
        target.closeEntry();
      }
    }
    target.finish();
  }
}
