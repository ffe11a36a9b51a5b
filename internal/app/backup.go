package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"birge/internal/app/migrations"
	"birge/internal/platform/db"
	"birge/internal/platform/files"
	"birge/internal/platform/journal"
	"birge/internal/platform/keys"
)

type backupCommand struct {
	Config
	File           string `arg:"" help:"The archive to make; it must not be there yet." type:"path"`
	PassphraseFile string `help:"File whose first line is the passphrase that seals the archive; without it whoever has the archive has the portal's keys." env:"BIRGE_PASSPHRASE_FILE" type:"existingfile"`
}

// Run writes one consistent archive of store, files and keys, also while the
// portal runs. The store is left at the version at which it is.
func (c *backupCommand) Run(ctx context.Context) error {
	passphrase, err := readPassphrase(c.PassphraseFile)
	if err != nil {
		return err
	}
	s, err := openStores(ctx, c.Config)
	if err != nil {
		return err
	}
	m, err := s.backup(ctx, c.File, passphrase)
	if err = errors.Join(err, s.Close()); err != nil {
		return err
	}
	info, err := os.Stat(c.File)
	if err != nil {
		return err
	}
	fmt.Printf("%s: %d parts, %d MB, the journal as far as place %d, signed with key %s\n", c.File, len(m.Parts), info.Size()>>20, m.Seq, m.KeyID)
	if passphrase == "" {
		fmt.Println("the archive is not sealed: it holds personal data and the portal's keys, keep it where nobody else can read it")
	}
	return nil
}

// stores are what a portal keeps, without rooms, pages and migrations.
type stores struct {
	dir   string
	db    *db.DB
	keys  *keys.Ring
	blobs files.Store
}

// openStores opens what the folder of a portal keeps, and changes nothing in it.
func openStores(ctx context.Context, c Config) (s *stores, err error) {
	if _, err := readFolder(c.Data); err != nil {
		return nil, fmt.Errorf("app: %s is no folder of a portal: %w", c.Data, err)
	}
	s = &stores{dir: c.Data}
	if s.keys, err = keys.Open(filepath.Join(c.Data, "keys")); err != nil {
		return nil, err
	}
	if s.blobs, err = c.fileStore(); err != nil {
		return nil, err
	}
	s.db, err = db.Open(ctx, c.database(), db.Options{Clock: c.Clock})
	return s, err
}

// Close ends what openStores began.
func (s *stores) Close() error { return s.db.Close() }

func (s *stores) backup(ctx context.Context, path, passphrase string) (m manifest, err error) {
	w, err := createArchive(path, passphrase)
	if err != nil {
		return m, err
	}
	w.manifest = manifest{Format: archiveFormat, MadeAt: s.db.Now().Truncate(time.Second), Program: Version, Engine: s.db.Engine()}
	if w.Schema, _, err = s.db.Version(ctx, migrations.FS); err == nil {
		err = s.addAll(ctx, w)
	}
	if err == nil {
		err = w.finish(s.keys.Sign)
	}
	if err != nil {
		return m, errors.Join(err, w.abandon())
	}
	return w.manifest, nil
}

// addAll adds keys, the rows of one snapshot, and the files that they name.
func (s *stores) addAll(ctx context.Context, w *archiveWriter) error {
	if err := s.addFolder(w, "keys"); err != nil {
		return err
	}
	if err := s.addFile(w, marker); err != nil {
		return err
	}
	var blobs []string
	if err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		if w.Seq, err = journal.Seq(ctx, tx); err != nil {
			return err
		}
		tables, err := db.Tables(ctx, tx)
		if err != nil {
			return err
		}
		for _, t := range tables {
			if err := addTable(ctx, tx, w, t); err != nil {
				return err
			}
		}
		blobs, err = files.Blobs(ctx, tx)
		return err
	}); err != nil {
		return err
	}
	for _, sum := range blobs {
		if err := s.addBlob(ctx, w, sum); err != nil {
			return err
		}
	}
	return nil
}

// addTable adds the rows of a table as lines of JSON, in parts of some size; the
// first line of each names the columns.
func addTable(ctx context.Context, tx *db.Tx, w *archiveWriter, t db.Table) error {
	var lines bytes.Buffer
	n := 0
	flush := func() error {
		if lines.Len() == 0 {
			return nil
		}
		n++
		head, err := tableHead(t)
		if err != nil {
			return err
		}
		err = w.add(fmt.Sprintf("tables/%s.%05d.jsonl", t.Name, n), int64(len(head)+lines.Len()), io.MultiReader(bytes.NewReader(head), &lines))
		lines.Reset()
		return err
	}
	if err := db.EachRow(ctx, tx, t, func(line []byte) error {
		lines.Write(line)
		lines.WriteByte('\n')
		if lines.Len() >= partSize {
			return flush()
		}
		return nil
	}); err != nil {
		return err
	}
	return flush()
}

func (s *stores) addBlob(ctx context.Context, w *archiveWriter, sum string) error {
	r, err := s.blobs.Open(ctx, sum)
	if err != nil {
		return fmt.Errorf("app: the bytes of a file are lost, %s: %w", sum, err)
	}
	defer r.Close()
	size, err := r.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = r.Seek(0, io.SeekStart)
	}
	if err != nil {
		return fmt.Errorf("app: %w", err)
	}
	return w.add("files/"+sum, size, r)
}

// addFolder adds the plain files of a folder and of the folders in it.
func (s *stores) addFolder(w *archiveWriter, name string) error {
	entries, err := os.ReadDir(filepath.Join(s.dir, name))
	if err != nil {
		return fmt.Errorf("app: %w", err)
	}
	for _, e := range entries {
		add := s.addFile
		if e.IsDir() {
			add = s.addFolder
		}
		if err := add(w, name+"/"+e.Name()); err != nil {
			return err
		}
	}
	return nil
}

func (s *stores) addFile(w *archiveWriter, name string) error {
	b, err := os.ReadFile(filepath.Join(s.dir, filepath.FromSlash(name)))
	if err != nil {
		return fmt.Errorf("app: %w", err)
	}
	return w.add(name, int64(len(b)), bytes.NewReader(b))
}
