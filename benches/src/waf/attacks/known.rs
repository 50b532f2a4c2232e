//! Requests that are bad as such: paths, methods, hosts, names of tools, and sizes.

use crate::waf::random::Random;
use crate::waf::wire::{Place, Sample, Wire};

const PATHS: [&str; 58] = [
    "/.env",
    "/.env.production",
    "/app/.env",
    "/.git/config",
    "/.git/HEAD",
    "/.svn/entries",
    "/.hg/store",
    "/.aws/credentials",
    "/.ssh/id_rsa",
    "/.htpasswd",
    "/.DS_Store",
    "/.vscode/sftp.json",
    "/WEB-INF/web.xml",
    "/META-INF/context.xml",
    "/web-inf/classes/app.properties",
    "/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php",
    "/_ignition/execute-solution",
    "/actuator/heapdump",
    "/actuator/gateway/routes",
    "/actuator/env",
    "/jolokia/list",
    "/jmx-console/HtmlAdaptor",
    "/invoker/JMXInvokerServlet",
    "/manager/html",
    "/host-manager/html",
    "/solr/admin/cores",
    "/wls-wsat/CoordinatorPortType",
    "/_async/AsyncResponseService",
    "/console/images/%252e%252e%252fconsole.portal",
    "/HNAP1/",
    "/boaform/admin/formLogin",
    "/cgi-bin/luci",
    "/cgi-bin/.%2e/.%2e/.%2e/.%2e/bin/sh",
    "/setup.cgi",
    "/server-status",
    "/server-info",
    "/phpinfo.php",
    "/remote/fgt_lang",
    "/dana-na/auth/url_default/welcome.cgi",
    "/+CSCOT+/translation-table",
    "/mgmt/tm/util/bash",
    "/tmui/login.jsp/..;/tmui/locallb",
    "/owa/auth/x.js",
    "/autodiscover/autodiscover.json",
    "/telescope/requests",
    "/_profiler/phpinfo",
    "/debug/pprof/heap",
    "/elmah.axd",
    "/trace.axd",
    "/nacos/v1/auth/users",
    "/geoserver/wfs",
    "/druid/indexer/v1/sampler",
    "/containers/json",
    "/api/jsonws/invoke",
    "/debug/default/view",
    "/struts2-showcase/index.action",
    "/latest/meta-data/iam",
    "/.kube/config",
];
const EXTENSIONS: [&str; 16] = [
    "/debug.log",
    "/logs/error.log",
    "/config/settings.ini",
    "/php.ini",
    "/index.php.bak",
    "/site.backup",
    "/db.sql",
    "/dump.sql",
    "/users.mdb",
    "/app.config",
    "/nginx.conf",
    "/server.key",
    "/cert.pfx",
    "/data.sqlite",
    "/wp.old",
    "/.htaccess",
];
const ADMIN: [&str; 16] = [
    "/phpmyadmin/",
    "/phpMyAdmin/index.php",
    "/pma/",
    "/sqlmanager/",
    "/mysqladmin/",
    "/adminer.php",
    "/admin",
    "/admin/login",
    "/administrator/index.php",
    "/wp-admin/",
    "/dbadmin",
    "/myadmin/",
    "/phppgadmin/",
    "/webadmin/",
    "/cpanel",
    "/manager/",
];
const WORDPRESS: [&str; 14] = [
    "/xmlrpc.php",
    "/wp-config.php",
    "/wp-config.php.bak",
    "/wp-admin/install.php",
    "/wp-admin/setup-config.php",
    "/wp-json/wp/v2/users",
    "/wp-content/debug.log",
    "/wp-content/uploads/2024/05/shell.php",
    "/wp-includes/wlwmanifest.php",
    "/wp-content/plugins/akismet/timthumb.php",
    "/blog/xmlrpc.php",
    "/wp-content/plugins/wp-file-manager/lib/php/connector.minimal.php",
    "/wp-trackback.php",
    "/wp-content/plugins/revslider/temp/update_extract/up.php",
];
const COMMANDS: [&str; 10] = [
    "do-reset-wordpress=1",
    "action=revslider_show_image&img=../wp-config.php",
    "action=duplicator_download&file=../wp-config.php",
    "author=1",
    "rest_route=/wp/v2/users",
    "action=wpuf_file_upload",
    "action=um_fileupload",
    "action=kbslider_show_image&src=1",
    "page=wysija_campaigns&action=themes",
    "action=frm_forms_preview&form=1",
];
const TOOLS: [&str; 20] = [
    "sqlmap/1.8#stable (https://sqlmap.org)",
    "Mozilla/5.00 (Nikto/2.5.0) (Evasions:None) (Test:map_codes)",
    "Mozilla/5.0 (compatible; Nmap Scripting Engine; https://nmap.org/book/nse.html)",
    "Nessus SOAP v0.0.1 (Nessus)",
    "masscan/1.3 (https://github.com/robertdavidgraham/masscan)",
    "Mozilla/5.0 zgrab/0.x",
    "Nuclei - Open-source project (github.com/projectdiscovery/nuclei)",
    "gobuster/3.6",
    "DirBuster-1.0-RC1",
    "WPScan v3.8.25",
    "Acunetix-Product",
    "w3af.org",
    "Arachni/v1.5",
    "OpenVAS",
    "ffuf/2.1",
    "feroxbuster/2.10",
    "WhatWeb/0.5.5",
    "Wfuzz/3.1",
    "commix/3.9",
    "Havij",
];

pub(super) fn all(random: &mut Random) -> Vec<Sample> {
    let mut samples = Vec::new();
    let mut add =
        |class, place, payload: &str, wire| samples.push(Sample { class, place, payload: payload.to_owned(), wire });
    let lists: [(&'static str, &[&str]); 4] = [
        ("exploitable paths", &PATHS),
        ("restricted extensions", &EXTENSIONS),
        ("admin pages", &ADMIN),
        ("WordPress", &WORDPRESS),
    ];
    for (class, paths) in lists {
        for path in paths {
            add(class, Place::Path, path, Wire::get(path, ""));
            add(class, Place::Path, path, Wire::get(&one_encoded(random, path), random.pick(&["", "v=1", "a=b&c=d"])));
        }
    }
    for command in COMMANDS {
        add("WordPress", Place::Query, command, Wire::get("/wp-admin/admin-ajax.php", command));
        add("WordPress", Place::Query, command, Wire::get("/", &format!("lang=en&{command}")));
    }
    for extension in ["log", "ini", "bak", "sql", "conf", "cfg", "htpasswd", "pem"] {
        let query = format!("file={}.{extension}", random.pick(&["error", "app", "../app", "backup/site"]));
        add("restricted extensions", Place::Query, &query, Wire::get("/download", &query));
    }
    for tool in TOOLS {
        add("scanners", Place::Header, tool, Wire::get("/", "").with("User-Agent", tool));
    }
    for host in ["localhost", "localhost:80", "LocalHost", "localhost.", "localhost:8080"] {
        add("host and method", Place::Whole, host, Wire::get("/", "").with("Host", host));
    }
    let mut silent = Wire::get("/", "");
    silent.headers.retain(|(name, _)| name != "User-Agent");
    add("host and method", Place::Whole, "no user agent", silent);
    add("host and method", Place::Whole, "PROPFIND", Wire { method: "PROPFIND".to_owned(), ..Wire::get("/", "") });
    add("sizes", Place::Whole, "query", Wire::get("/", &"a=b&".repeat(600)));
    add("sizes", Place::Whole, "path", Wire::get(&"/abc".repeat(300), ""));
    add("sizes", Place::Whole, "cookie", Wire::get("/", "").with("Cookie", &"a=b; ".repeat(2100)));
    add("sizes", Place::Whole, "body", Wire::post("/", "text/plain", "a ".repeat(4200)));
    samples
}

/// The path with one of its letters encoded.
fn one_encoded(random: &mut Random, path: &str) -> String {
    let letters: Vec<usize> =
        path.bytes().enumerate().filter(|(_, byte)| byte.is_ascii_alphabetic()).map(|(at, _)| at).collect();
    let at = letters[random.below(letters.len())];
    // A `%` before the letter would make another encoding of it.
    if at > 1 && path.as_bytes()[at - 1] == b'%' || at > 2 && path.as_bytes()[at - 2] == b'%' {
        return path.to_owned();
    }
    format!("{}%{:02x}{}", &path[..at], path.as_bytes()[at], &path[at + 1..])
}
