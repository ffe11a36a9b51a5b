package app

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// An archive is taken only when its parts are those of its manifest and none lies outside of it.
func FuzzArchive(f *testing.F) {
	whole := func(name, body string) string {
		sum := sha256.Sum256([]byte(body))
		b, err := json.Marshal(manifest{Format: archiveFormat, Parts: []part{{name, int64(len(body)), hex.EncodeToString(sum[:])}}})
		if err != nil {
			f.Fatal(err)
		}
		return string(b)
	}
	f.Add("tables/a.jsonl", "{}", whole("tables/a.jsonl", "{}"), 0)
	f.Add("../out", "x", whole("../out", "x"), 0)
	f.Add("keys/../../out", "x", whole("keys/../../out", "x"), 0)
	f.Add("a", "y", whole("a", "x"), 0)
	f.Add("a", "x", `{"format":99}`, 0)
	f.Add("a", "x", "null", 9)
	f.Fuzz(func(t *testing.T, name, body, manifestText string, cut int) {
		b := packed(name, body, manifestText)
		b = b[:max(0, len(b)-max(0, cut))]
		path := filepath.Join(t.TempDir(), "a")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		m, err := checkArchive(path, "")
		if err != nil {
			return
		}
		for _, p := range m.Parts {
			if p.Name != name || p.Size != int64(len(body)) || !filepath.IsLocal(p.Name) {
				t.Errorf("the archive of %q and %q is taken with the part %+v", name, body, p)
			}
		}
	})
}

// packed is an archive of one part and a manifest, as far as a tar file can hold them.
func packed(name, body, manifestText string) []byte {
	var b bytes.Buffer
	z, _ := zstd.NewWriter(&b, zstd.WithEncoderConcurrency(1))
	w := tar.NewWriter(z)
	for _, p := range [][2]string{{name, body}, {manifestName, manifestText}} {
		if w.WriteHeader(&tar.Header{Name: p[0], Size: int64(len(p[1])), Mode: 0o600}) == nil {
			_, _ = w.Write([]byte(p[1]))
		}
	}
	_ = w.Close()
	_ = z.Close()
	return b.Bytes()
}
