package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"time"

	"birge/internal/app"
	"birge/internal/orgs"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/imports"
	"birge/internal/platform/table"
)

// imported is what the import of one table cost. Memory is the greatest heap
// after a collection, and the greatest resident size, of a process of its own.
type imported struct {
	Rows                     int64
	Refused                  int64
	Check, Take, Undo        time.Duration
	HeapBefore, Heap, RSSMax int64
}

// measureImport makes a portal and a table in which one row of a hundred is
// faulty, and has a process of its own check, take and undo it.
func measureImport(ctx context.Context, o options) error {
	dir, err := os.MkdirTemp("", "birge-bench.")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := prepareImport(ctx, dir, o.rows); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	child := exec.CommandContext(ctx, self, "-table", dir)
	child.Stderr = os.Stderr
	out, err := child.Output()
	if err != nil {
		return fmt.Errorf("the importing process: %w", err)
	}
	var got imported
	if err := json.Unmarshal(out, &got); err != nil {
		return err
	}
	all := got.Check + got.Take
	fmt.Fprintf(os.Stderr, "import of %d rows, %d faulty: checked in %.1f s, applied in %.1f s (%.0f rows/s), undone in %.1f s; heap %d MB before, %d MB at most, resident %d MB at most\n",
		got.Rows, got.Refused, got.Check.Seconds(), got.Take.Seconds(), float64(got.Rows)/all.Seconds(), got.Undo.Seconds(), got.HeapBefore>>20, got.Heap>>20, got.RSSMax>>20)
	return nil
}

const suppliers = 200

func prepareImport(ctx context.Context, dir string, rows int) error {
	p, err := app.Open(ctx, config(filepath.Join(dir, "data")))
	if err != nil {
		return err
	}
	defer p.Close()
	if err := p.LoadFacts(ctx); err != nil {
		return err
	}
	where := p.Places.Tree().Regions()
	bins := make([]string, 0, suppliers+1)
	for i := 0; len(bins) <= suppliers; i++ {
		for check := range 10 {
			if bin, ok := orgs.BIN(fmt.Sprintf("1501400%04d%d", i, check)); ok {
				bins = append(bins, bin)
			}
		}
	}
	for i, bin := range bins {
		d := orgs.Draft{BIN: bin, Kind: orgs.NGO, Name: i18n.Only(i18n.RU, "Фонд "+bin), PlaceID: where[i%len(where)].ID}
		if _, err := p.Orgs.Create(ctx, access.Portal("bench"), d); err != nil {
			return err
		}
	}
	return writeTable(filepath.Join(dir, "table.csv"), bins, where[0].KATO, rows)
}

// writeTable invents a table of agreements; every hundredth row lies nowhere.
func writeTable(path string, bins []string, place string, rows int) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	out := table.NewCSV(f)
	err = out.Header([]string{"agreement_no", "agreed_on", "customer_bin", "supplier_bin", "title", "specificity", "sum", "starts", "ends", "place", "sphere", "beneficiaries", "summary"})
	for i := 0; i < rows && err == nil; i++ {
		at := place
		if i%100 == 50 {
			at = "Нигде"
		}
		err = out.Row(table.Text(fmt.Sprintf("ГСЗ-%d", i)), table.Date(db.Day(2026, 1, 20)), table.Text(bins[0]), table.Text(bins[1+i%suppliers]),
			table.Text(fmt.Sprintf("Проект %d: %s", i, things[i%len(things)])), table.Int(155), table.Money(int64(1+i%90)*100_000_00), table.Date(db.Day(2026, 2, 1)),
			table.Date(db.Day(2026, 11, 30)), table.Text(at), table.Text("youth"), table.Int(int64(20+i%500)), table.Text("Занятия, встречи и выезды в села района."))
	}
	return errors.Join(err, out.Close(), f.Close())
}

// importChild imports the table of a folder and prints what it cost.
func importChild(dir string) error {
	ctx := context.Background()
	p, err := app.Open(ctx, config(filepath.Join(dir, "data")))
	if err != nil {
		return err
	}
	defer p.Close()
	var got imported
	got.HeapBefore = heap()
	watching, stop := context.WithCancel(ctx)
	done := watch(watching, &got)
	err = runImport(ctx, p, filepath.Join(dir, "table.csv"), &got)
	stop()
	<-done
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(got)
}

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// watch notes the greatest memory of this process twice a second.
func watch(ctx context.Context, got *imported) <-chan struct{} {
	done := make(chan struct{})
	var most atomic.Int64
	go func() {
		defer close(done)
		look := time.NewTicker(500 * time.Millisecond)
		defer look.Stop()
		for {
			most.Store(max(most.Load(), heap()))
			got.Heap, got.RSSMax = most.Load(), memory("VmHWM")
			select {
			case <-ctx.Done():
				return
			case <-look.C:
			}
		}
	}()
	return done
}

func runImport(ctx context.Context, p *app.Portal, path string, got *imported) error {
	by := access.Portal("bench")
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	im, err := p.Imports.Receive(ctx, by, "projects", "table.csv", f, info.Size())
	if err != nil {
		return err
	}
	step := func(took *time.Duration) error {
		began := time.Now()
		if err := p.Imports.Work(ctx, im.ID); err != nil {
			return err
		}
		*took = time.Since(began)
		im, err = p.Imports.ByID(ctx, by, im.ID)
		return err
	}
	if err := step(&got.Check); err != nil {
		return err
	}
	got.Rows, got.Refused = im.Counts.Read, im.Counts.Refused
	if _, err := p.Imports.Take(ctx, by, im.ID, im.Version); err != nil {
		return err
	}
	if err := step(&got.Take); err != nil {
		return err
	}
	if _, err := p.Imports.Undo(ctx, by, im.ID, im.Version); err != nil {
		return err
	}
	if err := step(&got.Undo); err != nil {
		return err
	}
	if im.State != imports.Undone {
		return fmt.Errorf("the import ends as %s", im.State)
	}
	return nil
}
