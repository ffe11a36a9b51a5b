package search

import (
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"slices"
	"testing"
)

func TestSnapshotOfADamagedOrForeignFileIsRefused(t *testing.T) {
	path := t.TempDir() + "/index"
	e := filled(t, Doc{ID: 1, Title: "мектеп", Facets: map[string][]int64{"place": {1, 2}}})
	e.Apply(Batch{Seq: 77, Put: []Doc{{Kind: "project", ID: 2, Title: "ауыл"}}})
	if err := e.Save(path); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	again := New()
	if err := again.Load(path); err != nil {
		t.Fatal(err)
	}
	if again.Seq() != 77 || again.Len("project") != 2 || !again.Ready("project") || again.Ready("org") {
		t.Errorf("loaded: seq %d, %d things", again.Seq(), again.Len("project"))
	}
	refused := func(name string, content []byte) {
		t.Helper()
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := again.Load(path); !errors.Is(err, ErrSnapshot) {
			t.Errorf("%s: %v", name, err)
		}
		if again.Seq() != 77 || again.Len("project") != 2 {
			t.Errorf("%s changed the engine", name)
		}
	}
	for i := range whole {
		bad := slices.Clone(whole)
		bad[i] ^= 0x10
		refused("one bit turned", bad)
	}
	for _, n := range []int{0, 5, headSize, len(whole) / 2, len(whole) - 1} {
		refused("a cut file", whole[:n])
	}
	refused("a longer file", append(slices.Clone(whole), 0))
	other := slices.Clone(whole)
	binary.LittleEndian.PutUint64(other[len(magic)+4:], fingerprint()+1)
	refused("another analyser", other)
	if err := New().Load(path + ".none"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if err := e.Save(path + "/none/index"); err == nil {
		t.Error("saved into a folder that is none")
	}
}
