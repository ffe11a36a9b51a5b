package app

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"birge/internal/accounts"
	"birge/internal/app/migrations"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/files"
	"birge/internal/platform/keys"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

type restoreCommand struct {
	Config
	File           string `arg:"" help:"The archive to take." type:"existingfile"`
	PassphraseFile string `help:"File whose first line is the passphrase of the archive." env:"BIRGE_PASSPHRASE_FILE" type:"existingfile"`
	Erasures       string `help:"The file erasures.txt of the portal that was lost: whoever is on it is erased again." env:"BIRGE_ERASURES" type:"existingfile"`
}

// Run brings a portal back from an archive into a folder that is not there yet,
// erases again whoever was erased since, and proves the result.
func (c *restoreCommand) Run(ctx context.Context) error {
	passphrase, err := readPassphrase(c.PassphraseFile)
	if err != nil {
		return err
	}
	var erased []ref.ID
	if c.Erasures != "" {
		if erased, err = readErasures(c.Erasures); err != nil {
			return err
		}
	}
	m, err := restore(ctx, c.Config, c.File, passphrase)
	if err != nil {
		return err
	}
	fmt.Printf("restored the portal of %s, the journal as far as place %d\n", m.MadeAt.Format(time.RFC3339), m.Seq)
	c.Demo = c.holdsDemo()
	p, err := Open(ctx, c.Config)
	if err != nil {
		return err
	}
	n, err := p.eraseAgain(ctx, erased)
	if err == nil {
		fmt.Printf("%d people who were erased since then are erased again\n", n)
		if c.Erasures == "" {
			fmt.Println("no list of erasures was given: whoever was erased after the backup is back; give erasures.txt of the lost portal if you have it")
		}
		err = p.Sealer.Seal(ctx)
	}
	if err == nil {
		err = p.verify(ctx, "")
	}
	return errors.Join(err, p.Close())
}

// restore brings back what an archive holds. The folder is put in its place at
// the end, so that a restore which fails leaves none.
func restore(ctx context.Context, c Config, path, passphrase string) (m manifest, err error) {
	if entries, err := os.ReadDir(c.Data); err == nil && len(entries) > 0 {
		return m, fmt.Errorf("app: the folder %s is not empty", c.Data)
	}
	if m, err = checkArchive(path, passphrase); err != nil {
		return m, err
	}
	to := c
	to.Data = strings.TrimRight(c.Data, "/") + ".restoring"
	if err := os.Mkdir(to.Data, 0o700); err != nil {
		return m, fmt.Errorf("app: %w", err)
	}
	defer os.RemoveAll(to.Data)
	if err := to.takeKeys(path, passphrase, m); err != nil {
		return m, err
	}
	if err := to.takeRest(ctx, path, passphrase, m); err != nil {
		return m, err
	}
	if err := os.Remove(c.Data); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return m, fmt.Errorf("app: %w", err)
	}
	if err := os.Rename(to.Data, c.Data); err != nil {
		return m, fmt.Errorf("app: %w", err)
	}
	return m, nil
}

// takeKeys brings back the keys and checks with them who signed the archive.
func (c Config) takeKeys(path, passphrase string, m manifest) error {
	if err := eachPart(path, passphrase, func(name string, r io.Reader) error {
		if name != marker && !strings.HasPrefix(name, "keys/") {
			return nil
		}
		to := filepath.Join(c.Data, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			return fmt.Errorf("app: %w", err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		return os.WriteFile(to, b, 0o600)
	}); err != nil {
		return err
	}
	ring, err := keys.Open(filepath.Join(c.Data, "keys"))
	if err != nil {
		return err
	}
	data, err := m.signed()
	if err != nil {
		return err
	}
	if !ring.Verify(m.KeyID, data, m.Signature) {
		return fmt.Errorf("app: %s is not signed with a key of its portal", path)
	}
	return nil
}

// takeRest brings back rows and files.
func (c Config) takeRest(ctx context.Context, path, passphrase string, m manifest) error {
	d, err := db.Open(ctx, c.database(), db.Options{})
	if err != nil {
		return err
	}
	defer d.Close()
	if err := emptyStore(ctx, d, m.Schema); err != nil {
		return err
	}
	blobs, err := c.fileStore()
	if err != nil {
		return err
	}
	return d.InAnyOrder(ctx, func() error {
		return eachPart(path, passphrase, func(name string, r io.Reader) error {
			switch folder, rest, _ := strings.Cut(name, "/"); folder {
			case "tables":
				return takeRows(ctx, d, r)
			case "files":
				return takeBlob(ctx, blobs, rest, r)
			}
			return nil
		})
	})
}

// emptyStore makes the schema of a version, without the rows that migrations put in.
func emptyStore(ctx context.Context, d *db.DB, version int64) error {
	if err := d.MigrateTo(ctx, migrations.FS, version); err != nil {
		return err
	}
	return d.Update(ctx, func(tx *db.Tx) error {
		tables, err := db.Tables(ctx, tx)
		if err != nil {
			return err
		}
		return db.Clear(ctx, tx, tables)
	})
}

// rowsAtOnce is how many rows one transaction of a restore takes.
const rowsAtOnce = 2000

func takeRows(ctx context.Context, d *db.DB, r io.Reader) error {
	lines := bufio.NewReader(r)
	head, err := lines.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("app: %w", err)
	}
	var t db.Table
	if err := json.Unmarshal(head, &t); err != nil {
		return fmt.Errorf("app: %w", err)
	}
	for end := false; !end; {
		var some [][]byte
		for len(some) < rowsAtOnce {
			line, err := lines.ReadBytes('\n')
			if end = errors.Is(err, io.EOF); end {
				break
			}
			if err != nil {
				return fmt.Errorf("app: %w", err)
			}
			some = append(some, line)
		}
		if err := d.Update(ctx, func(tx *db.Tx) error { return db.Load(ctx, tx, t, some) }); err != nil {
			return err
		}
	}
	return nil
}

func tableHead(t db.Table) ([]byte, error) {
	b, err := json.Marshal(t)
	return append(b, '\n'), err
}

// takeBlob keeps a file in memory for a moment: none is larger than files.MaxSize.
func takeBlob(ctx context.Context, to files.Store, sum string, r io.Reader) error {
	b, err := io.ReadAll(io.LimitReader(r, files.MaxSize+1))
	if err != nil {
		return fmt.Errorf("app: %w", err)
	}
	return to.Put(ctx, sum, int64(len(b)), bytes.NewReader(b))
}

// erasuresFile lists in the folder of a portal who was erased and when, by id
// alone, so that a backup that is brought back can be brought up to it.
const erasuresFile = "erasures.txt"

// noteErasures writes the list of erasures anew, or tells the operator why not.
func (p *Portal) noteErasures(ctx context.Context) {
	if err := p.writeErasures(ctx); err != nil && ctx.Err() == nil {
		p.Config.Log.Error("writing the list of erasures", slog.Any("err", err))
	}
}

func (p *Portal) writeErasures(ctx context.Context) error {
	all, err := p.Accounts.Erasures(ctx)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	for _, e := range all {
		fmt.Fprintln(&text, e.Person, e.At.Format(time.RFC3339))
	}
	path := filepath.Join(p.Config.Data, erasuresFile)
	if err := os.WriteFile(path+".part", text.Bytes(), 0o600); err != nil {
		return fmt.Errorf("app: %w", err)
	}
	if err := os.Rename(path+".part", path); err != nil {
		return fmt.Errorf("app: %w", err)
	}
	return nil
}

func readErasures(path string) (ids []ref.ID, err error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("app: %w", err)
	}
	for line := range strings.Lines(string(b)) {
		word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		if word == "" {
			continue
		}
		id, ok := ref.ParseID(word)
		if !ok {
			return nil, fmt.Errorf("app: %s: %q is no id", path, word)
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// eraseAgain erases people whom the store still has and tells how many.
func (p *Portal) eraseAgain(ctx context.Context, ids []ref.ID) (n int, err error) {
	for _, id := range ids {
		who, err := p.Accounts.Person(ctx, access.Portal("restore"), id)
		switch {
		case problem.Is(err, problem.NotFound), err == nil && who.Status == accounts.Erased:
			continue
		case err == nil:
			err = p.Accounts.ErasePerson(ctx, access.Portal("restore"), id)
		}
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
