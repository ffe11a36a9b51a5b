package app

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"

	"golang.org/x/sync/errgroup"
)

type exportCommand struct {
	Config
	Dir string `arg:"" help:"Folder to make; it must not be there yet." type:"path"`
}

// Run writes the public portal as plain files. It knocks as a stranger at the
// portal's own public doors, so it writes what anybody may download and nothing
// else: lists as tables, the full story of each thing as a line of JSON, files.
func (c *exportCommand) Run(ctx context.Context) error {
	return onPortal(ctx, c.Config, func(p *Portal) error {
		ctx, stop := context.WithCancel(ctx)
		readers, reading := errgroup.WithContext(ctx)
		p.startReading(reading, readers)
		e := exporter{p: p, dir: c.Dir}
		err := p.AwaitReady(reading)
		if err == nil {
			err = e.all(reading)
		}
		stop()
		if err := errors.Join(err, readers.Wait()); err != nil {
			return err
		}
		fmt.Printf("%s: %d files, the journal from place %d to %d\n", c.Dir, len(e.Parts)+1, e.From, e.To)
		return nil
	})
}

// exported is the manifest of an export.
type exported struct {
	MadeAt  time.Time `json:"made_at"`
	Program string    `json:"program"`
	// From and To are the places of the journal's chain between which the export
	// was written.
	From  int64  `json:"seq_from"`
	To    int64  `json:"seq_to"`
	Parts []part `json:"parts"`
}

type exporter struct {
	exported
	p   *Portal
	dir string
}

func (e *exporter) all(ctx context.Context) error {
	if err := os.Mkdir(e.dir, 0o755); err != nil {
		return fmt.Errorf("app: %w", err)
	}
	e.MadeAt, e.Program = e.p.DB.Now().Truncate(time.Second), Version
	var err error
	if e.From, err = e.seq(ctx); err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{e.lists, e.things, e.heads} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	if e.To, err = e.seq(ctx); err != nil {
		return err
	}
	return e.manifest()
}

func (e *exporter) seq(ctx context.Context) (seq int64, err error) {
	err = e.p.DB.View(ctx, func(tx *db.Tx) error {
		seq, err = journal.Seq(ctx, tx)
		return err
	})
	return seq, err
}

// lists writes every public list that has a door for a file: tables in three
// languages, the API without language.
func (e *exporter) lists(ctx context.Context) error {
	for _, door := range e.p.Server.Doors() {
		path, public := strings.CutSuffix(strings.TrimPrefix(door, "GET "), " · public")
		if !public || !strings.HasPrefix(door, "GET ") {
			continue
		}
		rest, spoken := strings.CutPrefix(path, "/{lang}/")
		file := strings.HasPrefix(path, "/api/") || strings.HasSuffix(path, ".csv") || strings.HasSuffix(path, ".json")
		if !file || strings.Contains(strings.TrimPrefix(path, "/{lang}"), "{") {
			continue
		}
		if !spoken {
			if err := e.fetch(ctx, path, name(path)); err != nil {
				return err
			}
			continue
		}
		for _, l := range i18n.Langs {
			if err := e.fetch(ctx, "/"+string(l)+"/"+rest, string(l)+"/"+rest); err != nil {
				return err
			}
		}
	}
	return nil
}

// name is the file for an address of the API.
func name(path string) string {
	path = strings.TrimPrefix(path, "/")
	if filepath.Ext(path) == "" {
		path += ".json"
	}
	return path
}

// things writes the whole public story of each thing that the API shows one by
// one, and the public files.
func (e *exporter) things(ctx context.Context) error {
	for _, k := range e.p.Kinds() {
		if _, ok := k.Example.(journal.Published); !ok {
			continue
		}
		var paths []string // addresses only: what they show is read one by one
		if err := e.p.DB.View(ctx, func(tx *db.Tx) error {
			return k.Rows(ctx, tx, func(t journal.Thing) error {
				if pub, ok := t.(journal.Published); ok && pub.Public() && t.Ref().Path != "" {
					paths = append(paths, t.Ref().Path)
				}
				return nil
			})
		}); err != nil {
			return err
		}
		if err := e.kind(ctx, k.Name, paths); err != nil {
			return err
		}
	}
	return nil
}

func (e *exporter) kind(ctx context.Context, kind string, paths []string) error {
	var lines *exportFile
	for _, path := range paths {
		if strings.HasPrefix(path, "/files/") {
			if err := e.fetch(ctx, path, strings.TrimPrefix(path, "/")); err != nil {
				return err
			}
			continue
		}
		if strings.Contains(path, "#") || !e.hasDoor("/api/v1"+path) {
			continue
		}
		if lines == nil {
			var err error
			if lines, err = e.create("api/v1/" + kind + ".jsonl"); err != nil {
				return err
			}
		}
		if err := e.ask(ctx, "/api/v1"+path, lines); err != nil && !errors.Is(err, errNotThere) {
			return errors.Join(err, e.close(lines))
		}
	}
	if lines == nil {
		return nil
	}
	return e.close(lines)
}

// hasDoor tells that the API shows what is at the address.
func (e *exporter) hasDoor(path string) bool {
	parent := path[:strings.LastIndexByte(path, '/')]
	for _, door := range e.p.Server.Doors() {
		if strings.HasPrefix(door, "GET "+parent+"/{") && strings.Count(door, "/") == strings.Count(path, "/") {
			return true
		}
	}
	return false
}

// heads writes the signed heads of the journal and the keys that prove them.
func (e *exporter) heads(ctx context.Context) error {
	f, err := e.create("journal/heads.txt")
	if err != nil {
		return err
	}
	if err := e.p.DB.View(ctx, func(tx *db.Tx) error {
		heads, err := journal.Heads(ctx, tx, 100_000)
		for _, h := range heads {
			fmt.Fprintln(f, h)
		}
		return err
	}); err != nil {
		return err
	}
	if err := e.close(f); err != nil {
		return err
	}
	public, err := e.p.Keys.Public()
	if err != nil {
		return err
	}
	for _, k := range public {
		if f, err = e.create("journal/" + k.ID + ".pem"); err != nil {
			return err
		}
		if _, err := f.WriteString(k.PEM); err != nil {
			return err
		}
		if err := e.close(f); err != nil {
			return err
		}
	}
	return nil
}

// manifest writes what there is, and the portal's signature of it beside.
func (e *exporter) manifest() error {
	b, err := json.MarshalIndent(e.exported, "", " ")
	if err != nil {
		return err
	}
	key, signature := e.p.Keys.Sign(b)
	line := key + " " + base64.StdEncoding.EncodeToString(signature) + "\n"
	return errors.Join(os.WriteFile(filepath.Join(e.dir, manifestName), b, 0o644),
		os.WriteFile(filepath.Join(e.dir, manifestName+".sig"), []byte(line), 0o644))
}

// fetch writes what one address answers into one file.
func (e *exporter) fetch(ctx context.Context, path, name string) error {
	f, err := e.create(name)
	if err != nil {
		return err
	}
	return errors.Join(e.ask(ctx, path, f), e.close(f))
}

var errNotThere = errors.New("app: it is not there any more")

// ask knocks as a stranger and writes the answer.
func (e *exporter) ask(ctx context.Context, path string, to io.Writer) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, path, nil)
	if err != nil {
		return fmt.Errorf("app: %w", err)
	}
	r.RemoteAddr = "127.0.0.1:0"
	w := &answerTo{header: http.Header{}, to: to}
	e.p.Server.ServeHTTP(w, r)
	switch {
	case w.err != nil:
		return fmt.Errorf("app: %s: %w", path, w.err)
	case w.status == http.StatusNotFound:
		return errNotThere
	case w.status != 0 && w.status != http.StatusOK:
		return fmt.Errorf("app: %s answers %d", path, w.status)
	}
	return nil
}

// answerTo writes the body of an answer that is good, as it comes.
type answerTo struct {
	header http.Header
	status int
	to     io.Writer
	err    error
}

func (a *answerTo) Header() http.Header { return a.header }

func (a *answerTo) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

func (a *answerTo) Write(b []byte) (n int, err error) {
	a.WriteHeader(http.StatusOK)
	if a.status != http.StatusOK {
		return len(b), nil
	}
	if n, err = a.to.Write(b); err != nil {
		a.err = err
	}
	return n, err
}

// exportFile is a file of the export, hashed while it is written.
type exportFile struct {
	*bufio.Writer
	file *os.File
	name string
}

func (e *exporter) create(name string) (*exportFile, error) {
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		return nil, fmt.Errorf("app: %q is no name of a file", name)
	}
	path := filepath.Join(e.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("app: %w", err)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("app: %w", err)
	}
	return &exportFile{bufio.NewWriter(file), file, name}, nil
}

// close notes the file with its hash in the manifest.
func (e *exporter) close(f *exportFile) error {
	if err := f.Flush(); err != nil {
		return errors.Join(err, f.file.Close())
	}
	sum := sha256.New()
	if _, err := f.file.Seek(0, io.SeekStart); err != nil {
		return errors.Join(err, f.file.Close())
	}
	n, err := io.Copy(sum, f.file)
	e.Parts = append(e.Parts, part{f.name, n, hex.EncodeToString(sum.Sum(nil))})
	return errors.Join(err, f.file.Close())
}
