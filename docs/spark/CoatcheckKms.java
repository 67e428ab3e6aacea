import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.crypto.KeyAccessDeniedException;
import org.apache.parquet.crypto.ParquetCryptoRuntimeException;
import org.apache.parquet.crypto.keytools.KmsClient;

/**
 * Opens the data keys of a version's Parquet files with a keyring file, for Spark and other readers
 * built on parquet-mr. It reads only.
 *
 * <p>The keyring is the file that the Hadoop property {@code coatcheck.keyring} or the variable
 * COATCHECK_KEYRING names ({@code file:PATH}), locked by the passphrase in {@code PATH.key} or the
 * file that COATCHECK_KEYFILE names. Each JVM opens its own; no key is in a Spark setting. The
 * formats are sections 1, 6 and 7 of anonymize/keys/FORMAT.md.
 *
 * <p>What it does not do: compare a file with the signed manifest. Parquet authenticates the parts
 * of one file with each other, so a changed byte is refused; another file of the same key in its
 * place is not. Run {@code coatcheck verify} before.
 */
public final class CoatcheckKms implements KmsClient {
  private static final byte[] ENVELOPE = utf8("coatcheck parquet envelope key 1");
  private static final String DATA = "coatcheck parquet data key 1\0";
  private static final String FORMAT = "coatcheck/1";
  private static final Map<String, Map<String, byte[]>> OPENED = new ConcurrentHashMap<>();

  private Map<String, byte[]> keys;

  @Override
  public void initialize(Configuration conf, String id, String url, String token) {
    String place = conf.get("coatcheck.keyring", System.getenv("COATCHECK_KEYRING"));
    if (place == null || !place.startsWith("file:")) {
      throw new ParquetCryptoRuntimeException(
          "name a keyring file: spark.hadoop.coatcheck.keyring=file:PATH, or COATCHECK_KEYRING");
    }
    Path path = Path.of(place.substring("file:".length()));
    try {
      String content = new String(readPrivate(path), StandardCharsets.UTF_8);
      Map<String, byte[]> found = OPENED.get(content); // Argon2id is meant to be slow
      if (found == null) {
        found = open(new ObjectMapper().readTree(content), passphrase(path), path);
        OPENED.put(content, found);
      }
      keys = found;
    } catch (IOException | GeneralSecurityException | RuntimeException error) {
      if (error instanceof ParquetCryptoRuntimeException) {
        throw (ParquetCryptoRuntimeException) error;
      }
      throw new ParquetCryptoRuntimeException(
          path + ": the keyring does not open: it is not there, damaged, or the passphrase is wrong");
    }
  }

  @Override
  public String wrapKey(byte[] key, String master) {
    throw new UnsupportedOperationException("versions are published by coatcheck, not from here");
  }

  @Override
  public byte[] unwrapKey(String wrapped, String master) {
    try {
      String[] parts = wrapped.split("\\.", -1);
      String[] envelope = new String(fromBase64(parts[1]), StandardCharsets.UTF_8).split(":", -1);
      if (parts.length != 3 || !parts[0].equals("coatcheck1") || !envelope[0].equals("ck1")) {
        throw new GeneralSecurityException();
      }
      byte[] secret = keys.get(envelope[1]);
      if (secret == null) { // parquet-mr hides the columns then, and reads the others
        throw new KeyAccessDeniedException("the keyring does not hold key " + envelope[1]);
      }
      byte[] wrapping = hkdf(secret, parts(utf8(FORMAT), utf8("wrap"), utf8(envelope[1])));
      byte[] bound = parts(utf8(FORMAT), utf8(envelope[1]), ENVELOPE);
      byte[] key = opened(wrapping, fromBase64(envelope[2]), bound);
      return opened(key, fromBase64(parts[2]), utf8(DATA + master));
    } catch (GeneralSecurityException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new ParquetCryptoRuntimeException(
          "a file's wrapped key does not open: damaged, or made with another key");
    }
  }

  /** Returns the live keys of a keyring file, by id. */
  private static Map<String, byte[]> open(JsonNode file, byte[] passphrase, Path path)
      throws IOException, GeneralSecurityException {
    JsonNode lock = file.path("lock");
    if (!lock.path("kind").asText().equals("argon2id")) {
      throw new ParquetCryptoRuntimeException(
          path + ": is locked by a key service; share a keyring for Spark: coatcheck keys share");
    }
    byte[] key = Argon2id.hash(passphrase, Base64.getDecoder().decode(lock.path("salt").asText()),
        within(lock.path("memory_kib"), 19456, 1 << 20), within(lock.path("iterations"), 2, 16),
        within(lock.path("lanes"), 1, 16));
    ObjectMapper sorted = new ObjectMapper().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);
    Map<?, ?> header = sorted.convertValue(file, TreeMap.class);
    header.remove("sealed");
    byte[] sealed = Base64.getDecoder().decode(file.path("sealed").asText());
    byte[] entries = opened(key, sealed, parts(sorted.writeValueAsBytes(header)));
    Map<String, byte[]> keys = new HashMap<>();
    for (JsonNode entry : sorted.readTree(entries)) {
      boolean live = entry.path("state").asText().equals("live") && entry.path("public").isNull();
      if (live && entry.path("secret").isTextual()) {
        String id = entry.path("name").asText() + "." + entry.path("version").asInt();
        keys.put(id, Base64.getDecoder().decode(entry.path("secret").asText()));
      }
    }
    return keys;
  }

  private static int within(JsonNode cost, int least, int most) throws GeneralSecurityException {
    if (!cost.isInt() || cost.asInt() < least || cost.asInt() > most) {
      throw new GeneralSecurityException();
    }
    return cost.asInt();
  }

  private static byte[] passphrase(Path keyring) throws IOException {
    String named = System.getenv("COATCHECK_KEYFILE");
    Path file = named != null ? Path.of(named) : Path.of(keyring + ".key");
    String text = new String(readPrivate(file), StandardCharsets.UTF_8);
    text = text.startsWith("\uFEFF") ? text.substring(1) : text;
    text = Normalizer.normalize(text, Normalizer.Form.NFC);
    return utf8(text.replaceAll("^[ \\t\\r\\n\\x0B\\f]+|[ \\t\\r\\n\\x0B\\f]+\\z", ""));
  }

  private static byte[] readPrivate(Path path) throws IOException {
    Set<PosixFilePermission> modes = Files.getPosixFilePermissions(path);
    boolean mounted = Files.getFileStore(path).isReadOnly(); // secret stores mount with mode 0440
    modes.removeAll(Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE,
        mounted ? PosixFilePermission.GROUP_READ : PosixFilePermission.OWNER_EXECUTE));
    if (!modes.isEmpty()) {
      throw new ParquetCryptoRuntimeException(path + ": others may read it; chmod 600 it");
    }
    return Files.readAllBytes(path);
  }

  /** Opens nonce, ciphertext and tag of AES-256-GCM. */
  private static byte[] opened(byte[] key, byte[] sealed, byte[] bound)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"),
        new GCMParameterSpec(128, sealed, 0, 12));
    cipher.updateAAD(bound);
    return cipher.doFinal(sealed, 12, sealed.length - 12);
  }

  /** Returns 32 bytes of HKDF-SHA256 with an empty salt. */
  private static byte[] hkdf(byte[] secret, byte[] info) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(new byte[32], "HmacSHA256"));
    byte[] extracted = mac.doFinal(secret);
    mac.init(new SecretKeySpec(extracted, "HmacSHA256"));
    mac.update(info);
    return mac.doFinal(new byte[] {1});
  }

  private static byte[] parts(byte[]... all) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] one : all) {
      out.writeBytes(ByteBuffer.allocate(4).putInt(one.length).array());
      out.writeBytes(one);
    }
    return out.toByteArray();
  }

  private static byte[] fromBase64(String text) {
    return Base64.getUrlDecoder().decode(text);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Argon2id, version 1.3, 32 bytes. Source: RFC 9106. */
  static final class Argon2id {
    private final int lanes;
    private final int columns;
    private final int passes;
    private final long[][] memory;

    private Argon2id(int lanes, int columns, int passes) {
      this.lanes = lanes;
      this.columns = columns;
      this.passes = passes;
      this.memory = new long[lanes * columns][128];
    }

    static byte[] hash(byte[] password, byte[] salt, int kib, int passes, int lanes) {
      Argon2id state = new Argon2id(lanes, kib / (4 * lanes) * 4, passes);
      ByteBuffer first = little(40 + password.length + salt.length);
      for (int said : new int[] {lanes, 32, kib, passes, 0x13, 2, password.length}) {
        first.putInt(said);
      }
      first.put(password).putInt(salt.length).put(salt).putInt(0).putInt(0);
      byte[] seed = Blake2b.hash(first.array(), 64);
      for (int lane = 0; lane < lanes; lane++) {
        for (int column = 0; column < 2; column++) {
          byte[] in = little(72).put(seed).putInt(column).putInt(lane).array();
          little(longHash(in, 1024)).asLongBuffer().get(state.memory[lane * state.columns + column]);
        }
      }
      for (int pass = 0; pass < passes; pass++) {
        for (int slice = 0; slice < 4; slice++) {
          for (int lane = 0; lane < lanes; lane++) {
            state.fill(pass, slice, lane);
          }
        }
      }
      long[] last = new long[128];
      for (int lane = 0; lane < lanes; lane++) {
        long[] block = state.memory[(lane + 1) * state.columns - 1];
        for (int at = 0; at < 128; at++) {
          last[at] ^= block[at];
        }
      }
      ByteBuffer all = little(1024);
      all.asLongBuffer().put(last);
      return longHash(all.array(), 32);
    }

    /** Fills one segment: a quarter of a lane. */
    private void fill(int pass, int slice, int lane) {
      int length = columns / 4;
      boolean independent = pass == 0 && slice < 2;
      long[] input = {pass, lane, slice, (long) lanes * columns, passes, 2, 0};
      long[] asked = Arrays.copyOf(input, 128);
      long[] drawn = new long[128];
      for (int index = 0; index < length; index++) {
        if (independent && index % 128 == 0) {
          asked[6]++;
          Arrays.fill(drawn, 0);
          long[] between = new long[128];
          mix(new long[128], asked, between);
          mix(new long[128], between, drawn);
        }
        if (pass == 0 && slice == 0 && index < 2) {
          continue;
        }
        int column = slice * length + index;
        int here = lane * columns + column;
        long[] before = memory[lane * columns + (column + columns - 1) % columns];
        long random = independent ? drawn[index % 128] : before[0];
        int from = pass == 0 && slice == 0
            ? lane : (int) Long.remainderUnsigned(random >>> 32, lanes);
        long area = pass == 0 ? (long) slice * length : (long) columns - length;
        area += from == lane ? index - 1 : index == 0 ? -1 : 0;
        long x = random & 0xFFFFFFFFL;
        long back = area - 1 - (area * (x * x >>> 32) >>> 32);
        long start = pass == 0 || slice == 3 ? 0 : (slice + 1L) * length;
        mix(before, memory[from * columns + (int) ((start + back) % columns)], memory[here]);
      }
    }

    /** Compresses two blocks, and adds the result to the third, which is zero in the first pass. */
    private static void mix(long[] one, long[] other, long[] into) {
      long[] block = new long[128];
      for (int at = 0; at < 128; at++) {
        block[at] = one[at] ^ other[at];
        into[at] ^= block[at];
      }
      int[] places = new int[16];
      for (int row = 0; row < 8; row++) {
        for (int at = 0; at < 16; at++) {
          places[at] = 16 * row + at;
        }
        round(block, places);
      }
      for (int column = 0; column < 8; column++) {
        for (int at = 0; at < 16; at++) {
          places[at] = 2 * column + 16 * (at / 2) + at % 2;
        }
        round(block, places);
      }
      for (int at = 0; at < 128; at++) {
        into[at] ^= block[at];
      }
    }

    private static void round(long[] v, int[] p) {
      for (int[] four : Blake2b.QUARTERS) {
        int a = p[four[0]];
        int b = p[four[1]];
        int c = p[four[2]];
        int d = p[four[3]];
        v[a] = multiplied(v[a], v[b]);
        v[d] = Long.rotateRight(v[d] ^ v[a], 32);
        v[c] = multiplied(v[c], v[d]);
        v[b] = Long.rotateRight(v[b] ^ v[c], 24);
        v[a] = multiplied(v[a], v[b]);
        v[d] = Long.rotateRight(v[d] ^ v[a], 16);
        v[c] = multiplied(v[c], v[d]);
        v[b] = Long.rotateRight(v[b] ^ v[c], 63);
      }
    }

    private static long multiplied(long a, long b) {
      return a + b + 2 * (a & 0xFFFFFFFFL) * (b & 0xFFFFFFFFL);
    }

    private static byte[] longHash(byte[] in, int length) {
      byte[] with = little(4 + in.length).putInt(length).put(in).array();
      if (length <= 64) {
        return Blake2b.hash(with, length);
      }
      ByteBuffer out = ByteBuffer.allocate(length);
      byte[] link = Blake2b.hash(with, 64);
      while (out.remaining() > 64) {
        out.put(link, 0, 32);
        link = Blake2b.hash(link, Math.min(64, out.remaining()));
      }
      return out.put(link).array();
    }

    private static ByteBuffer little(int size) {
      return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static ByteBuffer little(byte[] of) {
      return ByteBuffer.wrap(of).order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  /** BLAKE2b without a key. Source: RFC 7693. */
  static final class Blake2b {
    static final int[][] QUARTERS = {
      {0, 4, 8, 12}, {1, 5, 9, 13}, {2, 6, 10, 14}, {3, 7, 11, 15},
      {0, 5, 10, 15}, {1, 6, 11, 12}, {2, 7, 8, 13}, {3, 4, 9, 14}
    };
    private static final long[] START = {
      0x6a09e667f3bcc908L, 0xbb67ae8584caa73bL, 0x3c6ef372fe94f82bL, 0xa54ff53a5f1d36f1L,
      0x510e527fade682d1L, 0x9b05688c2b3e6c1fL, 0x1f83d9abfb41bd6bL, 0x5be0cd19137e2179L
    };
    private static final String[] ORDERS = {
      "0123456789abcdef", "ea489fd61c02b753", "b8c052fdae367194", "7931dcbe265a40f8",
      "905724afe1bc683d", "2c6a0b834d75fe19", "c51fed4a0763928b", "db7ec13950f4862a",
      "6fe9b308c2d714a5", "a2847615fb9e3cd0"
    };

    static byte[] hash(byte[] in, int length) {
      long[] h = START.clone();
      h[0] ^= 0x01010000L ^ length;
      int blocks = Math.max(1, (in.length + 127) / 128);
      byte[] padded = Arrays.copyOf(in, blocks * 128);
      ByteBuffer all = ByteBuffer.wrap(padded).order(ByteOrder.LITTLE_ENDIAN);
      for (int block = 0; block < blocks; block++) {
        long[] words = new long[16];
        all.asLongBuffer().get(16 * block, words);
        boolean last = block == blocks - 1;
        compress(h, words, last ? in.length : 128L * (block + 1), last);
      }
      ByteBuffer out = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
      out.asLongBuffer().put(h);
      return Arrays.copyOf(out.array(), length);
    }

    private static void compress(long[] h, long[] words, long count, boolean last) {
      long[] v = Arrays.copyOf(h, 16);
      System.arraycopy(START, 0, v, 8, 8);
      v[12] ^= count;
      v[14] ^= last ? -1 : 0;
      for (int round = 0; round < 12; round++) {
        String order = ORDERS[round % 10];
        for (int at = 0; at < 8; at++) {
          int[] q = QUARTERS[at];
          v[q[0]] += v[q[1]] + words[Character.digit(order.charAt(2 * at), 16)];
          v[q[3]] = Long.rotateRight(v[q[3]] ^ v[q[0]], 32);
          v[q[2]] += v[q[3]];
          v[q[1]] = Long.rotateRight(v[q[1]] ^ v[q[2]], 24);
          v[q[0]] += v[q[1]] + words[Character.digit(order.charAt(2 * at + 1), 16)];
          v[q[3]] = Long.rotateRight(v[q[3]] ^ v[q[0]], 16);
          v[q[2]] += v[q[3]];
          v[q[1]] = Long.rotateRight(v[q[1]] ^ v[q[2]], 63);
        }
      }
      for (int at = 0; at < 8; at++) {
        h[at] ^= v[at] ^ v[at + 8];
      }
    }
  }
}
