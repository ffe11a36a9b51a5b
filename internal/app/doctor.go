package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"birge/internal/app/migrations"
	"birge/internal/platform/db"
	"birge/internal/platform/jobs"
	"birge/internal/platform/journal"
)

type doctorCommand struct {
	Config
	Backups string `help:"Folder in which backups are kept, to judge the age of the newest." env:"BIRGE_BACKUPS" type:"path"`
}

// weight is how bad a finding is.
type weight string

const (
	well weight = "ok"
	mind weight = "MIND" // works, and should be changed
	bad  weight = "BAD"  // loses data, shows it, or stops the portal
)

// finding is what one check found, and what to do.
type finding struct {
	weight
	what, advice string
}

func fine(format string, args ...any) finding {
	return finding{well, fmt.Sprintf(format, args...), ""}
}

func amiss(w weight, advice, format string, args ...any) finding {
	return finding{w, fmt.Sprintf(format, args...), advice}
}

// Run looks at everything, changes nothing, and fails when something is bad.
func (c *doctorCommand) Run(ctx context.Context) error {
	found := []finding{checkRights(c.Data), checkKeys(c.Data), checkDisk(c.Data), checkZone(c.Zone), c.checkBase(), c.checkMail(), c.checkBackups()}
	found = append(found, c.checkStore(ctx)...)
	n := 0
	for _, f := range found {
		fmt.Printf("%-4s %s\n", f.weight, f.what)
		if f.advice != "" {
			fmt.Println("     " + f.advice)
		}
		if f.weight == bad {
			n++
		}
	}
	if n > 0 {
		return fmt.Errorf("%d things are bad", n)
	}
	return nil
}

func checkRights(dir string) finding {
	info, err := os.Stat(dir)
	switch {
	case err != nil:
		return amiss(bad, "name the folder with --data, or begin a portal in it with birge serve", "the folder cannot be read: %v", err)
	case info.Mode().Perm()&0o077 != 0:
		return amiss(bad, "chmod 700 "+dir, "others may look into the folder %s", dir)
	}
	probe, err := os.CreateTemp(dir, ".doctor-")
	if err != nil {
		return amiss(bad, "give the folder to the account under which the portal runs", "nothing can be written into %s: %v", dir, err)
	}
	if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
		return amiss(bad, "look at the disk", "a file cannot be removed: %v", err)
	}
	return fine("the folder %s is the portal's own", dir)
}

func checkKeys(dir string) finding {
	n := 0
	err := filepath.WalkDir(filepath.Join(dir, "keys"), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			err = fmt.Errorf("others may read %s", path)
		}
		n++
		return err
	})
	if err != nil {
		return amiss(bad, "chmod -R go= "+filepath.Join(dir, "keys"), "the keys: %v", err)
	}
	return fine("%d keys, which nobody else can read", n)
}

const (
	scarce  = 1 << 30 // bytes of free disk
	nothing = 100 << 20
)

func checkDisk(dir string) finding {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return amiss(mind, "look at the disk", "the free space is not known: %v", err)
	}
	switch free := s.Bavail * uint64(s.Bsize); {
	case free < nothing:
		return amiss(bad, "make room: with a full disk nothing can be written", "%d MB of disk are free", free>>20)
	case free < scarce:
		return amiss(mind, "make room soon", "%d MB of disk are free", free>>20)
	default:
		return fine("%d GB of disk are free", free>>30)
	}
}

func checkZone(name string) finding {
	zone, err := time.LoadLocation(name)
	if err != nil {
		return amiss(bad, "name a zone such as Asia/Almaty with --zone", "the zone: %v", err)
	}
	return fine("it is %s in %s", time.Now().In(zone).Format("2006-01-02 15:04"), name)
}

func (c *doctorCommand) checkBase() finding {
	switch {
	case c.Base == "":
		return amiss(mind, "give --base https://…, so that links in letters lead to the portal and passkeys work", "the public address is not set")
	case !strings.HasPrefix(c.Base, "https://"):
		return amiss(bad, "put the portal behind a proxy with HTTPS: passwords and sessions go in the open", "the public address %s is not HTTPS", c.Base)
	}
	return fine("the portal is at %s", c.Base)
}

func (c *doctorCommand) checkMail() finding {
	if c.SMTP == "" {
		return amiss(mind, "give --smtp, or read letters in the outbox", "there is no mail server: letters stay in the outbox")
	}
	return fine("letters go out as %s", c.From)
}

// stale is the age at which a backup is too old.
const stale = 48 * time.Hour

func (c *doctorCommand) checkBackups() finding {
	if c.Backups == "" {
		return amiss(mind, "run birge backup each night, and name its folder with --backups", "where backups are kept is not said")
	}
	entries, err := os.ReadDir(c.Backups)
	if err != nil {
		return amiss(bad, "run birge backup each night", "the backups: %v", err)
	}
	var newest time.Time
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() && info.ModTime().After(newest) {
			newest = info.ModTime()
		}
	}
	if age := time.Since(newest); age > stale {
		return amiss(bad, "run birge backup each night, and look why it did not run", "the newest backup is older than two days")
	}
	return fine("the newest backup is of %s", newest.Format("2006-01-02 15:04"))
}

// checkStore looks at the store without changing it.
func (c *doctorCommand) checkStore(ctx context.Context) []finding {
	if _, err := readFolder(c.Data); err != nil {
		return []finding{amiss(bad, "name the folder of a portal with --data", "there is no portal here: %v", err)}
	}
	d, err := db.Open(ctx, c.database(), db.Options{})
	if err != nil {
		return []finding{amiss(bad, "look whether the database runs and can be reached", "the store cannot be opened: %v", err)}
	}
	defer d.Close()
	return []finding{checkSchema(ctx, d), checkWhole(ctx, d), checkSealer(ctx, d), checkJobs(ctx, d)}
}

func checkSchema(ctx context.Context, d *db.DB) finding {
	have, want, err := d.Version(ctx, migrations.FS)
	switch {
	case err != nil:
		return amiss(bad, "look at the database", "the version of the schema is not known: %v", err)
	case have > want:
		return amiss(bad, "install the newer version of the program", "the database was made by a newer version (%d, this program knows %d)", have, want)
	case have < want:
		return amiss(mind, "make a backup, then run birge migrate or start the portal", "the schema has version %d, this program makes %d", have, want)
	}
	return fine("%s with the schema of version %d", d.Engine(), have)
}

func checkWhole(ctx context.Context, d *db.DB) finding {
	if err := d.Check(ctx); err != nil {
		return amiss(bad, "stop the portal, keep a copy of the folder, and restore the newest backup", "the store is damaged: %v", err)
	}
	return fine("the store is whole")
}

func checkSealer(ctx context.Context, d *db.DB) finding {
	if err := journal.NewSealer(d).Healthy(ctx); err != nil {
		return amiss(bad, "start the portal, or look into its log", "the journal is not being sealed: %v", err)
	}
	return fine("the journal is sealed")
}

func checkJobs(ctx context.Context, d *db.DB) finding {
	var dead []jobs.Report
	if err := d.View(ctx, func(tx *db.Tx) (err error) {
		dead, err = jobs.DeadOnes(ctx, tx, 100)
		return err
	}); err != nil {
		return amiss(bad, "look at the database", "jobs: %v", err)
	}
	if len(dead) > 0 {
		return amiss(mind, "mend the cause; the last one failed with: "+dead[0].Error, "%d jobs gave up, the last one is %s", len(dead), dead[0].Kind)
	}
	return fine("no job has given up")
}
