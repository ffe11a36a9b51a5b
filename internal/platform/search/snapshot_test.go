package search

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"testing"
)

func stamped(seq int64) (string, error) { return fmt.Sprint("as of ", seq), nil }

func anyStamp(int64, string) error { return nil }

func TestSnapshotIsJudgedByItsStamp(t *testing.T) {
	path := t.TempDir() + "/index"
	e := filled(t, Doc{ID: 1, Title: "мектеп"})
	e.Apply(Batch{Seq: 5})
	if err := e.Save(path, stamped); err != nil {
		t.Fatal(err)
	}
	foreign := errors.New("of another portal")
	again := New()
	if err := again.Load(path, func(seq int64, stamp string) error {
		if seq != 5 || stamp != "as of 5" {
			t.Errorf("seq %d, stamp %q", seq, stamp)
		}
		return foreign
	}); !errors.Is(err, foreign) || again.Seq() != 0 {
		t.Errorf("%v, then at %d", err, again.Seq())
	}
	if err := e.Save(path, func(int64) (string, error) { return "", foreign }); !errors.Is(err, foreign) {
		t.Errorf("saved without a stamp: %v", err)
	}
}

func TestSnapshotOfADamagedOrForeignFileIsRefused(t *testing.T) {
	path := t.TempDir() + "/index"
	e := filled(t, Doc{ID: 1, Title: "мектеп", Facets: map[string][]int64{"place": {1, 2}}})
	e.Apply(Batch{Seq: 77, Put: []Doc{{Kind: "project", ID: 2, Title: "ауыл"}}})
	if err := e.Save(path, stamped); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	again := New()
	if err := again.Load(path, anyStamp); err != nil {
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
		if err := again.Load(path, anyStamp); !errors.Is(err, ErrSnapshot) {
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
	if err := New().Load(path+".none", anyStamp); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if err := e.Save(path+"/none/index", stamped); err == nil {
		t.Error("saved into a folder that is none")
	}
}
