package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// Portal is what a seeded portal showed as a whole.
type Portal struct {
	Projects int           `json:"projects"`
	Seed     time.Duration `json:"seed_ns"`
	// Start is from the start of the process to the first page of the list, with
	// the index of the last run; StartAnew without one; Whole is until an index
	// that was not there answers in full.
	Start     time.Duration `json:"start_ns"`
	StartAnew time.Duration `json:"start_without_index_ns"`
	Whole     time.Duration `json:"index_filled_ns"`
	RSS       int64         `json:"rss_after_start_bytes"` // with the index of the last run
	Peak      int64         `json:"rss_peak_bytes"`        // while pages were asked for, kept ones too

	ExportRows      int     `json:"export_rows"`
	ExportPerSecond float64 `json:"export_rows_per_second"`
	ExportPeak      int64   `json:"export_rss_peak_bytes"`
}

// measureStart starts the portal without an index, and with the one that the
// first left.
func (w *Portal) measureStart(ctx context.Context, data string) error {
	_ = os.Remove(filepath.Join(data, "search.index"))
	for _, took := range []*time.Duration{&w.StartAnew, &w.Start} {
		began := time.Now()
		c, err := startChild(ctx, data, 32)
		if err != nil {
			return err
		}
		*took = c.served
		if w.RSS, err = c.filled(); err == nil && w.Whole == 0 {
			w.Whole = time.Since(began)
		}
		c.end()
		if err != nil {
			return err
		}
	}
	return nil
}

// filled waits until the index answers in full and gives the memory then.
func (c *child) filled() (rss int64, err error) {
	if _, err := ask[bool](c, "/whole"); err != nil {
		return 0, err
	}
	u, err := ask[usage](c, "/usage")
	return u.RSS, err
}

// measureMemory reads the peak so far and exports everything.
func (w *Portal) measureMemory(c *child) error {
	u, err := ask[usage](c, "/usage")
	if err != nil {
		return err
	}
	w.Peak = u.Peak
	if _, err := ask[bool](c, "/forget-peak"); err != nil {
		return err
	}
	began := time.Now()
	if w.ExportRows, err = countLines("http://" + c.pages + "/ru/projects.csv"); err != nil {
		return err
	}
	w.ExportRows-- // the heading
	w.ExportPerSecond = float64(w.ExportRows) / time.Since(began).Seconds()
	if u, err = ask[usage](c, "/usage"); err != nil {
		return err
	}
	w.ExportPeak = u.Peak
	if w.ExportRows < w.Projects {
		return fmt.Errorf("the export has %d rows of %d", w.ExportRows, w.Projects)
	}
	return nil
}

func countLines(address string) (n int, err error) {
	r, err := http.Get(address)
	if err != nil {
		return 0, err
	}
	defer r.Body.Close()
	in := bufio.NewReaderSize(r.Body, 1<<20)
	for {
		_, err := in.ReadSlice('\n')
		switch err {
		case nil:
			n++
		case bufio.ErrBufferFull:
		case io.EOF:
			return n, nil
		default:
			return n, err
		}
	}
}
