// Package app wires the house: it opens the store, builds the rooms and their
// pages, starts the workers and speaks for the command line.
//
// Data flows one way. A request changes rows and writes an entry in one
// transaction; the sealer chains the entry; the feed of sealed entries renews
// what is kept in memory (trees, search, pages).
package app

import (
	"log/slog"
	"path/filepath"
	"time"
	_ "time/tzdata" // the zone of the portal, also where the system has none

	"birge/internal/platform/files"
	"birge/internal/platform/ref"
)

// Config says where the portal keeps things and how it is reached. Every field
// is a flag and an environment variable BIRGE_….
type Config struct {
	Data  string `help:"Folder of the portal: database, files, keys." default:"data" env:"BIRGE_DATA" type:"path"`
	DB    string `help:"postgres://… when the portal runs on PostgreSQL; else SQLite in the folder." env:"BIRGE_DB" name:"db"`
	Files string `help:"s3://HOST[:PORT]/BUCKET[?region=…][&plain=yes] when files lie in a bucket of an S3 service; else in the folder." env:"BIRGE_FILES"`
	// The key of the bucket comes from the environment only: flags can be read
	// by everybody on the machine.
	FilesKey    string `env:"BIRGE_S3_KEY" name:"files-key" hidden:""`
	FilesSecret string `env:"BIRGE_S3_SECRET" name:"files-secret" hidden:""`
	Addr        string `help:"Where to listen, HOST:PORT." default:"127.0.0.1:8080" env:"BIRGE_ADDR"`
	Base        string `help:"Public address of the portal, https://…" env:"BIRGE_BASE"`
	Zone        string `help:"Zone in which time is shown." default:"Asia/Almaty" env:"BIRGE_ZONE"`
	Proxy       bool   `help:"Believe X-Forwarded-For and X-Forwarded-Proto: only behind a proxy of your own." env:"BIRGE_PROXY"`

	PagesMB int `help:"Memory for kept pages, in MB; 0 keeps none." default:"32" env:"BIRGE_PAGES_MB" name:"pages-mb"`

	OpenID map[string]string `help:"Services of OpenID Connect by which people may sign in: NAME=https://CLIENT:SECRET@ISSUER/PATH." env:"BIRGE_OPENID" name:"openid"`

	SMTP string `help:"smtp://USER:PASSWORD@HOST:587 or smtps://…; without it letters stay in the outbox." env:"BIRGE_SMTP" name:"smtp"`
	From string `help:"Sender of letters." default:"Birge <birge@localhost>" env:"BIRGE_FROM"`

	SignatureRoots    []string `help:"Certificates (PEM or DER) of the issuers whose signatures are trusted." env:"BIRGE_SIGNATURE_ROOTS" name:"signature-roots" type:"path"`
	SignatureVerifier string   `help:"https://… of a service that verifies signatures the portal cannot, such as GOST." env:"BIRGE_SIGNATURE_VERIFIER" name:"signature-verifier"`

	// Clock is the portal's time; tests move it.
	Clock func() time.Time `kong:"-"`
	Log   *slog.Logger     `kong:"-"`
	// Demo tells that the folder is a demo: sample data, marked on every page.
	Demo bool `kong:"-"`
	// Hall is the forum whose hall alone this is, on a laptop; 0 for a portal.
	Hall ref.ID `kong:"-"`
}

func (c *Config) database() string {
	if c.DB != "" {
		return c.DB
	}
	return filepath.Join(c.Data, "birge.sqlite")
}

// fileStore is where the bytes of files lie: in the folder, or in a bucket.
func (c *Config) fileStore() (files.Store, error) {
	if c.Files == "" {
		return files.OpenLocal(filepath.Join(c.Data, "files"))
	}
	a, err := files.ParseS3(c.Files, c.FilesKey, c.FilesSecret)
	if err != nil {
		return nil, err
	}
	return files.OpenS3(a)
}
