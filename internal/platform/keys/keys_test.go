package keys

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func open(t *testing.T, dir string) *Ring {
	t.Helper()
	r, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestKeysAreMadeOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	first := open(t, dir)
	id, sig := first.Sign([]byte("head"))
	second := open(t, dir)
	if !second.Verify(id, []byte("head"), sig) || second.Verify(id, []byte("other"), sig) || second.Verify("", []byte("head"), sig) {
		t.Error("the second start does not know the key of the first")
	}
	if !bytes.Equal(first.MAC("link", []byte("a")), second.MAC("link", []byte("a"))) {
		t.Error("the secret changed")
	}
	if !second.CheckMAC("link", []byte("a"), first.MAC("link", []byte("a"))) || second.CheckMAC("iin", []byte("a"), first.MAC("link", []byte("a"))) {
		t.Error("a code must hold for its purpose and for no other")
	}
	for path, mode := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, signingFile): 0o600, filepath.Join(dir, secretFile): 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v %v, not %v", path, info.Mode(), err, mode)
		}
	}
}

func TestRotationKeepsOldPublicKeys(t *testing.T) {
	dir := t.TempDir()
	r := open(t, dir)
	id, sig := r.Sign([]byte("old"))
	if err := r.Rotate(); err != nil {
		t.Fatal(err)
	}
	newID, _ := r.Sign([]byte("new"))
	if newID == id {
		t.Fatal("the key did not change")
	}
	for _, r := range []*Ring{r, open(t, dir)} {
		if !r.Verify(id, []byte("old"), sig) {
			t.Error("what the old key signed cannot be checked")
		}
		list, err := r.Public()
		if err != nil || len(list) != 2 || list[0].ID != newID || !list[0].Current || list[1].ID != id || list[1].Current {
			t.Errorf("published %+v, %v", list, err)
		}
	}
}

func TestTwoStartsAtOnceShareOneKey(t *testing.T) {
	dir := t.TempDir()
	var ids sync.Map
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			r, err := Open(dir)
			if err != nil {
				t.Error(err)
				return
			}
			id, _ := r.Sign(nil)
			ids.Store(id+string(r.MAC("x", nil)), true)
		})
	}
	all.Wait()
	n := 0
	ids.Range(func(any, any) bool { n++; return true })
	if n != 1 {
		t.Errorf("%d pairs of keys, not one", n)
	}
}

func TestBadFolderIsRefused(t *testing.T) {
	for name, spoil := range map[string]func(dir string) error{
		"others may read": func(dir string) error { return os.Chmod(filepath.Join(dir, signingFile), 0o644) },
		"holds no": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, secretFile), []byte("half"), 0o600)
		},
		"not the key": func(dir string) error {
			list, err := filepath.Glob(filepath.Join(dir, publicFolder, "*.pem"))
			if err != nil {
				return err
			}
			return os.Rename(list[0], filepath.Join(dir, publicFolder, "0011223344556677.pem"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			open(t, dir)
			if err := spoil(dir); err != nil {
				t.Fatal(err)
			}
			r, err := Open(dir)
			if err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("got %v, %v", r, err)
			}
		})
	}
}
