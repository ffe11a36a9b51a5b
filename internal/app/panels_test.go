package app_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"birge/internal/panels"
)

func TestADrawIsReplayedFromItsFile(t *testing.T) {
	lists := panels.Lists{PerWork: 2}
	for no := 1; no <= 4; no++ {
		lists.Experts = append(lists.Experts, panels.ListedExpert{No: no})
		lists.Works = append(lists.Works, panels.ListedWork{No: no})
	}
	hash, err := lists.Hash("salt")
	must(t, err)
	f := panels.DrawFile{Format: panels.DrawFormat, Salt: "salt", Hash: hash, Lists: lists, Parts: []panels.FilePart{{Value: "12 5 44"}}}
	f.Seed = panels.SeedOf(hash, []string{"12 5 44"})
	d, err := panels.NewDraw(lists, f.Seed)
	must(t, err)
	step, err := d.Play(panels.DrawStep{Kind: panels.DrawFirst})
	must(t, err)
	f.Steps = []panels.DrawStep{step}
	path := filepath.Join(t.TempDir(), "draw.json")
	write := func() {
		body, err := json.Marshal(f)
		must(t, err)
		must(t, os.WriteFile(path, body, 0o600))
	}
	write()
	run(t, 0, "verify", "draw", path)
	f.Steps[0].Picks[0], f.Steps[0].Picks[1] = f.Steps[0].Picks[1], f.Steps[0].Picks[0]
	write()
	run(t, 1, "verify", "draw", path)
	must(t, os.WriteFile(path, []byte("no draw"), 0o600))
	run(t, 1, "verify", "draw", path)
	run(t, 1, "verify", "draw", "nothing")
	data := filepath.Join(t.TempDir(), "data")
	run(t, 0, "migrate", "--data", data)
	run(t, 0, "verify", "--data", data)
	run(t, 1, "verify", "draw", "0000000000001", "--data", data)
}
