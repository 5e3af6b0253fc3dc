window.cnzz_loaded = true; /* stands in for a statistics script */
