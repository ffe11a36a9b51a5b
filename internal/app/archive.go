package app

import (
	"archive/tar"
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"
)

// An archive is a tar file, packed with zstd and sealed with a passphrase when
// one is given. It holds the parts of a backup and at the end a manifest that
// names each with its hash, signed with the portal's key.
const (
	manifestName  = "manifest.json"
	archiveFormat = 1
	// partSize is about how many bytes of rows go into one part, so that memory
	// does not grow with a table.
	partSize = 4 << 20
)

// manifest says what an archive holds.
type manifest struct {
	Format  int       `json:"format"`
	MadeAt  time.Time `json:"made_at"`
	Program string    `json:"program"`
	Engine  string    `json:"engine"`
	// Schema is the migration at which the store was.
	Schema int64 `json:"schema"`
	// Seq is the last place of the journal's chain in the archive.
	Seq       int64  `json:"seq"`
	Parts     []part `json:"parts"`
	KeyID     string `json:"key_id"`
	Signature []byte `json:"signature"`
}

// part is one file of an archive or of an export.
type part struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// signed is what the signature of a manifest covers.
func (m manifest) signed() ([]byte, error) {
	m.KeyID, m.Signature = "", nil
	b, err := json.Marshal(m)
	return append([]byte("birge-backup "), b...), err
}

// archiveWriter writes an archive beside its place; finish puts it there whole.
type archiveWriter struct {
	manifest
	path   string
	file   *os.File
	sealed io.WriteCloser // nil without a passphrase
	packed *zstd.Encoder
	tar    *tar.Writer
}

func createArchive(path, passphrase string) (w *archiveWriter, err error) {
	if _, err := os.Stat(path); err == nil {
		return nil, fmt.Errorf("app: %s is there already", path)
	}
	w = &archiveWriter{path: path}
	if w.file, err = os.OpenFile(path+".part", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600); err != nil {
		return nil, fmt.Errorf("app: %w", err)
	}
	var to io.Writer = w.file
	if passphrase != "" {
		recipient, err := age.NewScryptRecipient(passphrase)
		if err == nil {
			w.sealed, err = age.Encrypt(w.file, recipient)
		}
		if err != nil {
			return nil, errors.Join(fmt.Errorf("app: %w", err), w.abandon())
		}
		to = w.sealed
	}
	if w.packed, err = zstd.NewWriter(to, zstd.WithEncoderConcurrency(1)); err != nil {
		return nil, errors.Join(fmt.Errorf("app: %w", err), w.abandon())
	}
	w.tar = tar.NewWriter(w.packed)
	return w, nil
}

// add writes one part whose size is known.
func (w *archiveWriter) add(name string, size int64, r io.Reader) error {
	if err := w.tar.WriteHeader(&tar.Header{Name: name, Size: size, Mode: 0o600, ModTime: w.MadeAt}); err != nil {
		return fmt.Errorf("app: %w", err)
	}
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(w.tar, sum), r); err != nil {
		return fmt.Errorf("app: %s: %w", name, err)
	}
	w.Parts = append(w.Parts, part{name, size, hex.EncodeToString(sum.Sum(nil))})
	return nil
}

// finish writes the manifest and puts the archive in its place.
func (w *archiveWriter) finish(sign func(data []byte) (keyID string, signature []byte)) error {
	data, err := w.signed()
	if err != nil {
		return err
	}
	w.KeyID, w.Signature = sign(data)
	b, err := json.MarshalIndent(w.manifest, "", " ")
	if err != nil {
		return err
	}
	if err := w.add(manifestName, int64(len(b)), bytes.NewReader(b)); err != nil {
		return err
	}
	err = errors.Join(w.tar.Close(), w.packed.Close())
	if w.sealed != nil {
		err = errors.Join(err, w.sealed.Close())
	}
	if err = errors.Join(err, w.file.Sync(), w.file.Close()); err != nil {
		return fmt.Errorf("app: %w", err)
	}
	if err := os.Rename(w.path+".part", w.path); err != nil {
		return fmt.Errorf("app: %w", err)
	}
	return nil
}

// abandon removes what was written of an archive that did not come about.
func (w *archiveWriter) abandon() error {
	return errors.Join(w.file.Close(), os.Remove(w.path+".part"))
}

const sealMark = "age-encryption.org/"

// eachPart reads an archive from its beginning and hands over every part.
func eachPart(path, passphrase string, yield func(name string, r io.Reader) error) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("app: %w", err)
	}
	defer file.Close()
	buffered := bufio.NewReader(file)
	var from io.Reader = buffered
	if start, _ := buffered.Peek(len(sealMark)); string(start) == sealMark {
		if passphrase == "" {
			return fmt.Errorf("app: %s is sealed with a passphrase: name its file with --passphrase-file", path)
		}
		identity, err := age.NewScryptIdentity(passphrase)
		if err == nil {
			from, err = age.Decrypt(buffered, identity)
		}
		if err != nil {
			return fmt.Errorf("app: %s: %w", path, err)
		}
	}
	packed, err := zstd.NewReader(from, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(256<<20))
	if err != nil {
		return fmt.Errorf("app: %w", err)
	}
	defer packed.Close()
	for parts := tar.NewReader(packed); ; {
		h, err := parts.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("app: %s is damaged: %w", path, err)
		}
		if err := yield(h.Name, parts); err != nil {
			return err
		}
	}
}

// checkArchive reads a whole archive and compares every part with the manifest,
// before anything is taken from it.
func checkArchive(path, passphrase string) (m manifest, err error) {
	var found []part
	err = eachPart(path, passphrase, func(name string, r io.Reader) error {
		if name == manifestName {
			return json.NewDecoder(r).Decode(&m)
		}
		sum := sha256.New()
		n, err := io.Copy(sum, r)
		if err != nil {
			return fmt.Errorf("app: %s is damaged: %w", path, err)
		}
		found = append(found, part{name, n, hex.EncodeToString(sum.Sum(nil))})
		return nil
	})
	switch {
	case err != nil:
		return m, err
	case m.Format == 0:
		return m, fmt.Errorf("app: %s is no whole backup: its manifest is missing", path)
	case m.Format > archiveFormat:
		return m, fmt.Errorf("app: %s was made by a newer version of the program (%s)", path, m.Program)
	case !slices.Equal(found, m.Parts):
		return m, fmt.Errorf("app: %s is not what its manifest says: a part was changed, added or taken away", path)
	}
	for _, p := range m.Parts {
		if !filepath.IsLocal(p.Name) {
			return m, fmt.Errorf("app: %s has a part outside of it: %q", path, p.Name)
		}
	}
	return m, nil
}

// readPassphrase reads the first line of a file; "" without a file.
func readPassphrase(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("app: %w", err)
	}
	line, _, _ := strings.Cut(string(b), "\n")
	if line = strings.TrimRight(line, "\r"); len(line) < 12 {
		return "", fmt.Errorf("app: the passphrase in %s has fewer than 12 characters", path)
	}
	return line, nil
}
